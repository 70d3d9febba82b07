import { Module } from '@nestjs/common';
import { ChatController } from './chat.controller.js';
import { ReceiptsService } from './receipts.service.js';

@Module({
  controllers: [ChatController],
  providers: [ReceiptsService],
})
export class ChatModule {}
