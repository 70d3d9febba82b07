import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, Repository } from 'typeorm';
import type { Person } from '../accounts/person.entity.js';
import { MembershipService, type RoomWithMembers } from '../rooms/membership.service.js';
import { messageView, type MessageView } from './message-view.js';
import type { HistoryDto } from './message.dto.js';
import { Message } from './message.entity.js';

export interface History {
  /** Oldest first. */
  readonly messages: readonly MessageView[];
  /** There are older ones. */
  readonly more: boolean;
}

@Injectable()
export class HistoryService {
  constructor(
    @InjectRepository(Message) private readonly messages: Repository<Message>,
    private readonly membership: MembershipService,
  ) {}

  async page(me: Person, roomId: string, { before, limit }: HistoryDto): Promise<History> {
    const { members } = await this.membership.roomOf(me.id, roomId);
    const end = before === undefined ? undefined : await this.messages.findOneBy({ id: before, roomId });
    if (end === null) throw new NotFoundException('before: there is no such message in this room');
    const found = await this.messages.find({
      where: { roomId, ...(end && { number: LessThan(end.number) }) },
      order: { number: 'DESC' },
      take: limit + 1,
    });
    const page = found.slice(0, limit).reverse();
    return { messages: page.map((message) => messageView(message, members)), more: found.length > limit };
  }

  /** A message of a room that the person is in. */
  async messageFor(me: Person, id: string): Promise<RoomWithMembers & { readonly message: Message }> {
    const message = await this.messages.findOneBy({ id });
    if (!message) throw new NotFoundException('There is no such message');
    return { message, ...(await this.membership.roomOf(me.id, message.roomId)) };
  }
}
