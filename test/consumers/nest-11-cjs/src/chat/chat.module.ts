import { Module } from '@nestjs/common';
import { ChatController } from './chat.controller';
import { ReceiptsService } from './receipts.service';

@Module({
  controllers: [ChatController],
  providers: [ReceiptsService],
})
export class ChatModule {}
