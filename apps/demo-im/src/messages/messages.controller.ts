import { Body, Controller, Delete, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import { AuthGuard } from '../accounts/auth.guard.js';
import { Me } from '../accounts/me.decorator.js';
import { Person } from '../accounts/person.entity.js';
import { HistoryService, type History } from './history.service.js';
import type { MessageView } from './message-view.js';
import { HistoryDto, SendDto } from './message.dto.js';
import { MessagesService } from './messages.service.js';
import { Recalls } from './recalls.js';

@Controller('api')
@UseGuards(AuthGuard)
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly history: HistoryService,
    private readonly recalls: Recalls,
  ) {}

  @Get('rooms/:id/messages')
  page(@Me() me: Person, @Param('id') roomId: string, @Query() query: HistoryDto): Promise<History> {
    return this.history.page(me, roomId, query);
  }

  @Post('rooms/:id/messages')
  async send(@Me() me: Person, @Param('id') roomId: string, @Body() dto: SendDto): Promise<MessageView> {
    return (await this.messages.send(me, roomId, dto)).message;
  }

  @Delete('messages/:id')
  async recall(@Me() me: Person, @Param('id') id: string): Promise<MessageView> {
    const { message } = await this.messages.recall(me, id);
    await this.recalls.takenBack(id);
    return message;
  }
}
