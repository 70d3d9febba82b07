import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DemoSettings } from '../settings/demo-settings.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { Passwords } from './passwords.js';
import { Person } from './person.entity.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Person]),
    JwtModule.registerAsync({
      inject: [DemoSettings],
      useFactory: ({ secret }: DemoSettings) => ({
        secret: Buffer.from(secret),
        verifyOptions: { algorithms: ['HS256'] },
      }),
    }),
  ],
  controllers: [AccountsController],
  providers: [AccountsService, Passwords],
  exports: [AccountsService, Passwords],
})
export class AccountsModule {}
