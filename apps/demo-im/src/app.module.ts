import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { PushModule } from 'nest-push';
import { PushHttpModule } from 'nest-push/http';
import { DataSource } from 'typeorm';
import { AccountsModule } from './accounts/accounts.module.js';
import { DatabaseModule } from './database/database.module.js';
import { LabModule } from './lab/lab.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { PresenceModule } from './presence/presence.module.js';
import { PushErrorFilter } from './problems/push-error.filter.js';
import { createValidation } from './problems/validation.js';
import { noApiKeys, pushOptions } from './push-options.js';
import { ReceiptsModule } from './receipts/receipts.module.js';
import { RoomsModule } from './rooms/rooms.module.js';
import { SeedModule } from './seed/seed.module.js';
import { DemoSettings } from './settings/demo-settings.js';
import { SettingsModule } from './settings/settings.module.js';

@Module({})
export class AppModule {
  static of(settings: DemoSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.of(settings),
        DatabaseModule.forRoot(),
        PushModule.forRootAsync({ inject: [DemoSettings, DataSource], useFactory: pushOptions }),
        PushHttpModule.register({ roles: ['gateway'], apiAuthenticator: { useValue: noApiKeys } }),
        AccountsModule,
        RoomsModule,
        MessagesModule,
        ReceiptsModule,
        PresenceModule,
        NotificationsModule,
        LabModule,
        SeedModule,
      ],
      providers: [
        { provide: APP_PIPE, useFactory: createValidation },
        { provide: APP_FILTER, useClass: PushErrorFilter },
      ],
    };
  }
}
