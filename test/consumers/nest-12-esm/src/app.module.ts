import { Module } from '@nestjs/common';
import { PushModule } from 'nest-push';
import { createTypeOrmStore } from 'nest-push/typeorm';
import { ChatModule } from './chat/chat.module.js';
import { LoginController } from './login.controller.js';
import { tokens } from './tokens.js';

@Module({
  imports: [
    PushModule.forRoot({ store: createTypeOrmStore({ url: 'sqlite:./chat.db' }), authenticator: tokens }),
    ChatModule,
  ],
  controllers: [LoginController],
})
export class AppModule {}
