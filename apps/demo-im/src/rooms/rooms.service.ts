import { BadRequestException, Injectable } from '@nestjs/common';
import { PushResult, PushTransaction } from 'nest-push';
import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { AccountsService } from '../accounts/accounts.service.js';
import type { Person } from '../accounts/person.entity.js';
import { MembershipService } from './membership.service.js';
import { RoomMember } from './room-member.entity.js';
import { roomView, type RoomView } from './room-view.js';
import type { OpenRoomDto } from './room.dto.js';
import { Room } from './room.entity.js';

export interface Opened {
  readonly room: RoomView;
  /** False: these two had a room already. */
  readonly isNew: boolean;
}

interface Typing {
  readonly roomId: string;
  readonly from: string;
  readonly others: readonly string[];
}

@Injectable()
export class RoomsService {
  constructor(
    private readonly transaction: PushTransaction<EntityManager>,
    private readonly accounts: AccountsService,
    private readonly membership: MembershipService,
  ) {}

  @PushResult<Opened>({
    type: 'chat.room',
    thread: ({ room }) => room.id,
    to: ({ room }) => ({ users: room.members }),
    data: ({ room }) => room,
    when: ({ isNew }) => isNew,
    idempotencyKey: ({ room }) => `room:${room.id}`,
    onFailure: 'outbox',
  })
  async open(me: Person, { title, members }: OpenRoomDto): Promise<Opened> {
    const { manager } = this.transaction;
    const ids = [...new Set([me.id, ...members])].sort();
    await this.mustBeKnown(ids);
    const directKey = title === undefined && ids.length === 2 ? ids.join(' ') : null;
    const known = directKey === null ? null : await manager.findOneBy(Room, { directKey });
    if (known) return { room: roomView(known, await this.membership.membersOf(known.id, manager)), isNew: false };

    const room: Room = {
      id: randomBytes(9).toString('base64url'),
      kind: directKey === null ? 'group' : 'direct',
      title: title ?? null,
      directKey,
      createdAt: Date.now(),
    };
    const joined = ids.map((personId) => ({ roomId: room.id, personId, deliveredUpTo: 0, readUpTo: 0 }));
    await manager.insert(Room, room);
    await manager.insert(RoomMember, joined);
    return { room: roomView(room, joined), isNew: true };
  }

  /** Gone with the moment: whoever is not connected never learns of it. */
  @PushResult<Typing>({
    type: 'chat.typing',
    thread: ({ roomId }) => roomId,
    to: ({ others }) => ({ users: others }),
    data: ({ roomId, from }) => ({ roomId, from }),
    options: { volatile: true },
    when: ({ others }) => others.length > 0,
  })
  async typing(me: Person, roomId: string): Promise<Typing> {
    const { members } = await this.membership.roomOf(me.id, roomId);
    const others = members.map((member) => member.personId).filter((id) => id !== me.id);
    return { roomId, from: me.id, others };
  }

  private async mustBeKnown(ids: readonly string[]): Promise<void> {
    if (ids.length < 2) throw new BadRequestException('members must name somebody beside you');
    const known = new Set((await this.accounts.known(ids)).map((person) => person.id));
    const stranger = ids.find((id) => !known.has(id));
    if (stranger !== undefined) throw new BadRequestException(`members: there is no ${stranger}`);
  }
}
