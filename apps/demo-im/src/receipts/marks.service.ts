import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Between, DataSource, Not, type EntityManager } from 'typeorm';
import { Message } from '../messages/message.entity.js';
import { RoomMember } from '../rooms/room-member.entity.js';

export type ReceiptState = 'delivered' | 'read';

/** Messages of one sender that a person has now, or has read now. */
export interface Receipt {
  readonly roomId: string;
  readonly sender: string;
  readonly messageIds: readonly string[];
  readonly user: string;
  readonly state: ReceiptState;
}

const MARKS = { delivered: 'deliveredUpTo', read: 'readUpTo' } as const;
/** More than a page shows. */
const TOLD_AT_MOST = 200;

/**
 * One mark a person and room for each state: a stream has no gaps, so whoever has a message has all before it. A mark moves
 * forward only; what one event missed, because the process died, the next one makes good.
 */
@Injectable()
export class MarksService {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Resolves with what is new by it: nothing where the mark was there or further. What is read is delivered, too. */
  moveTo(messageId: string, person: string, state: ReceiptState): Promise<readonly Receipt[]> {
    return this.database.transaction(async (manager) => {
      const message = await manager.findOneBy(Message, { id: messageId });
      if (!message) return [];
      const states: readonly ReceiptState[] = state === 'read' ? ['delivered', 'read'] : ['delivered'];
      const receipts: Receipt[] = [];
      for (const one of states) receipts.push(...(await this.move(manager, message, person, one)));
      return receipts;
    });
  }

  private async move(
    manager: EntityManager,
    { roomId, number }: Message,
    personId: string,
    state: ReceiptState,
  ): Promise<Receipt[]> {
    const mark = MARKS[state];
    const member = await manager.findOneBy(RoomMember, { roomId, personId });
    if (!member || member[mark] >= number) return [];
    await manager.update(RoomMember, { roomId, personId }, { [mark]: number });
    const covered = await manager.find(Message, {
      where: { roomId, number: Between(member[mark] + 1, number), from: Not(personId) },
      order: { number: 'DESC' },
      take: TOLD_AT_MOST,
    });
    const senders = [...new Set(covered.map((message) => message.from))];
    return senders.map((sender) => ({
      roomId,
      sender,
      messageIds: covered.filter((message) => message.from === sender).map((message) => message.id),
      user: personId,
      state,
    }));
  }
}
