import { Injectable } from '@nestjs/common';
import { OnPush, PushService, type PushEvent } from 'nest-push';
import type { MessageView } from '../messages/message-view.js';
import { MarksService, type ReceiptState } from './marks.service.js';

/** The ticks beside a message: what devices acknowledge and people read is kept, and told to the sender's devices. */
@Injectable()
export class ReceiptsListener {
  constructor(
    private readonly marks: MarksService,
    private readonly push: PushService,
  ) {}

  @OnPush('delivered')
  delivered(event: PushEvent<'delivered'>): Promise<void> {
    return this.note(event, 'delivered');
  }

  @OnPush('read')
  read(event: PushEvent<'read'>): Promise<void> {
    return this.note(event, 'read');
  }

  private async note(event: PushEvent<'delivered' | 'read'>, state: ReceiptState): Promise<void> {
    for (const messageId of await lastOfEachRoom(event)) {
      const receipts = await this.marks.moveTo(messageId, event.user, state);
      for (const { sender, ...data } of receipts)
        await this.push.signal({ to: { users: [sender] }, type: 'chat.receipt', thread: data.roomId, data });
    }
  }
}

/** Ids of messages. */
async function lastOfEachRoom(event: PushEvent<'delivered' | 'read'>): Promise<string[]> {
  const last = new Map<string, string>();
  for (const entry of await event.messages()) {
    if (entry.type !== 'chat.message') continue;
    const { id, roomId } = entry.data as MessageView;
    last.set(roomId, id);
  }
  return [...last.values()];
}
