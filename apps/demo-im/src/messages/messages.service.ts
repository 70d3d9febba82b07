import { ForbiddenException, Injectable, NotFoundException } from '@nestjs/common';
import { PushResult, PushTransaction } from 'nest-push';
import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Person } from '../accounts/person.entity.js';
import { MembershipService, type RoomWithMembers } from '../rooms/membership.service.js';
import { messageView, type MessageView } from './message-view.js';
import type { SendDto } from './message.dto.js';
import { Message } from './message.entity.js';
import { notificationOf } from './notification-of.js';

/** A message, and what is known around it. */
export interface Said extends RoomWithMembers {
  readonly message: MessageView;
  readonly sender: Person;
  /** False: the client had sent it before. */
  readonly isNew: boolean;
}

export interface Recalled {
  readonly message: MessageView;
  readonly members: readonly string[];
}

@Injectable()
export class MessagesService {
  constructor(
    private readonly transaction: PushTransaction<EntityManager>,
    private readonly membership: MembershipService,
  ) {}

  /** To every device of every member, the sender's other ones too. The message and its push are there together or not at all. */
  @PushResult<Said>({
    type: 'chat.message',
    thread: ({ room }) => room.id,
    to: ({ members }) => ({ users: members.map((member) => member.personId) }),
    data: ({ message }) => message,
    notification: ({ sender, room, message }) => notificationOf(sender, room, message),
    when: ({ isNew }) => isNew,
    idempotencyKey: ({ message }) => message.id,
    published: (push, { message }, { instance }) => (instance as MessagesService).keepPushId(message.id, push.id),
    onFailure: 'outbox',
  })
  async send(sender: Person, roomId: string, { text, clientId }: SendDto): Promise<Said> {
    const { manager } = this.transaction;
    const { room, members } = await this.membership.roomOf(sender.id, roomId, manager);
    const known = await manager.findOneBy(Message, { from: sender.id, clientId });
    if (known) return { message: messageView(known, members), sender, room, members, isNew: false };

    const id = randomBytes(9).toString('base64url');
    const said = { id, roomId, from: sender.id, clientId, text, at: Date.now(), isRecalled: false, pushId: null };
    const message = await manager.save(Message, said);
    return { message: messageView(message, members), sender, room, members, isNew: true };
  }

  /** Its text is gone for everybody; devices that have it are told to take it away. Again, it changes nothing. */
  @PushResult<Recalled>({
    type: 'chat.recalled',
    thread: ({ message }) => message.roomId,
    to: ({ members }) => ({ users: members }),
    data: ({ message }) => ({ id: message.id, roomId: message.roomId }),
    idempotencyKey: ({ message }) => `recalled:${message.id}`,
    onFailure: 'outbox',
  })
  async recall(me: Person, id: string): Promise<Recalled> {
    const { manager } = this.transaction;
    const found = await manager.findOneBy(Message, { id });
    if (!found) throw new NotFoundException('There is no such message');
    const { members } = await this.membership.roomOf(me.id, found.roomId, manager);
    if (found.from !== me.id) throw new ForbiddenException('Only its sender can take a message back');
    const message = await manager.save(Message, { ...found, text: '', isRecalled: true });
    return { message: messageView(message, members), members: members.map((member) => member.personId) };
  }

  private async keepPushId(id: string, pushId: string): Promise<void> {
    await this.transaction.manager.update(Message, { id }, { pushId });
  }
}
