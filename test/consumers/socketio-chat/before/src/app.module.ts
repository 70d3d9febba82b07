import { Module } from '@nestjs/common';
import { AccountService } from './account.service';
import { ChatGateway } from './chat.gateway';
import { HistoryService } from './history.service';

@Module({
  providers: [AccountService, ChatGateway, HistoryService],
})
export class AppModule {}
