import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { RoomMember } from './room-member.entity.js';
import { Room } from './room.entity.js';

export interface RoomWithMembers {
  readonly room: Room;
  readonly members: readonly RoomMember[];
}

/** Who may see what happens in a room. */
@Injectable()
export class MembershipService {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** A room that the person is not in is answered like one that is not there. */
  async roomOf(
    personId: string,
    roomId: string,
    manager: EntityManager = this.database.manager,
  ): Promise<RoomWithMembers> {
    const members = await this.membersOf(roomId, manager);
    const room = members.some((member) => member.personId === personId)
      ? await manager.findOneBy(Room, { id: roomId })
      : undefined;
    if (!room) throw new NotFoundException('There is no such room');
    return { room, members };
  }

  membersOf(roomId: string, manager: EntityManager = this.database.manager): Promise<RoomMember[]> {
    return manager.find(RoomMember, { where: { roomId }, order: { personId: 'ASC' } });
  }

  /** Everybody who is in a room with the person, who is not among them. */
  async companionsOf(personId: string): Promise<string[]> {
    const rows = await this.database.manager
      .createQueryBuilder(RoomMember, 'other')
      .innerJoin(RoomMember, 'own', 'own.roomId = other.roomId AND own.personId = :personId', { personId })
      .where('other.personId <> :personId')
      .select('DISTINCT other.personId', 'id')
      .getRawMany<{ id: string }>();
    return rows.map((row) => row.id);
  }
}
