import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { PushService } from 'nest-push';
import { DataSource } from 'typeorm';
import { Message } from '../messages/message.entity.js';
import type { Recalls } from '../messages/recalls.js';

/** The push of a message that was taken back: out of the streams of devices that were away, and its notification off their screens. */
@Injectable()
export class PushRecalls implements Recalls {
  constructor(
    private readonly push: PushService,
    @InjectDataSource() private readonly database: DataSource,
  ) {}

  async takenBack(messageId: string): Promise<void> {
    const message = await this.database.manager.findOneBy(Message, { id: messageId });
    if (message?.pushId) await this.push.recall(message.pushId);
  }
}
