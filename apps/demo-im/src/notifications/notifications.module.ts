import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { DevicesController } from './devices.controller.js';
import { OwnMessagesHook } from './own-messages.hook.js';
import { WebPushSetup } from './web-push-setup.js';

@Module({
  imports: [AccountsModule],
  controllers: [DevicesController],
  providers: [OwnMessagesHook, WebPushSetup],
})
export class NotificationsModule {}
