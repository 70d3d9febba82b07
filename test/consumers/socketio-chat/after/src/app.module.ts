import { Module } from '@nestjs/common';
import { PushModule } from 'nest-push';
import { createTypeOrmStore } from 'nest-push/typeorm';
import { AccountService } from './account.service';
import { ChatGateway } from './chat.gateway';
import { HistoryService } from './history.service';

@Module({
  imports: [PushModule.forRoot({ store: createTypeOrmStore({ url: 'sqlite:./chat.db' }) })],
  providers: [AccountService, ChatGateway, HistoryService],
})
export class AppModule {}
