import { Body, Controller, Get, Post } from '@nestjs/common';
import { PushResult } from 'nest-push';
import { randomUUID } from 'node:crypto';
import { Message, SendDto } from './message.js';
import { type Receipt, ReceiptsService } from './receipts.service.js';

@Controller('messages')
export class ChatController {
  constructor(private readonly receipts: ReceiptsService) {}

  @Post()
  @PushResult<Message>({
    type: 'chat.message',
    thread: ({ room }) => room,
    to: ({ to, from }) => ({ users: to, except: { users: [from] } }),
    idempotencyKey: ({ id }) => id,
  })
  async send(@Body() dto: SendDto): Promise<Message> {
    return { id: randomUUID(), ...dto };
  }

  @Get('receipts')
  all(): Receipt[] {
    return this.receipts.receipts;
  }
}
