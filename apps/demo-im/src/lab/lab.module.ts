import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { Executioner } from './executioner.js';
import { ExplainController } from './explain.controller.js';
import { LabController } from './lab.controller.js';

@Module({
  imports: [AccountsModule, MessagesModule],
  controllers: [LabController, ExplainController],
  providers: [Executioner],
})
export class LabModule {}
