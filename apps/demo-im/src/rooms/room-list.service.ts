import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In } from 'typeorm';
import { messageView } from '../messages/message-view.js';
import { Message } from '../messages/message.entity.js';
import { RoomMember } from './room-member.entity.js';
import { roomView, type RoomView } from './room-view.js';
import { Room } from './room.entity.js';

/** A person's rooms with what a list of them shows: four questions to the database, however many rooms. */
@Injectable()
export class RoomListService {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The one where something happened last comes first. */
  async roomsOf(personId: string): Promise<RoomView[]> {
    const { manager } = this.database;
    const own = await manager.findBy(RoomMember, { personId });
    const ids = own.map((member) => member.roomId);
    const [rooms, members, last, unread] = await Promise.all([
      manager.findBy(Room, { id: In(ids) }),
      manager.find(RoomMember, { where: { roomId: In(ids) }, order: { personId: 'ASC' } }),
      this.lastMessages(ids),
      this.unreadOf(personId),
    ]);
    const happenedAt = (room: Room): number => last.get(room.id)?.at ?? room.createdAt;
    return rooms
      .sort((one, other) => happenedAt(other) - happenedAt(one))
      .map((room) => {
        const inRoom = members.filter((member) => member.roomId === room.id);
        const message = last.get(room.id);
        return roomView(room, inRoom, {
          unread: unread.get(room.id) ?? 0,
          last: message && messageView(message, inRoom),
        });
      });
  }

  private async lastMessages(roomIds: readonly string[]): Promise<Map<string, Message>> {
    const messages = await this.database.manager
      .createQueryBuilder(Message, 'message')
      .where((query) => {
        const newest = query.subQuery().select('MAX(one.number)').from(Message, 'one').groupBy('one.roomId');
        return `message.number IN ${newest.getQuery()}`;
      })
      .andWhere('message.roomId IN (:...roomIds)', { roomIds: [...roomIds, ''] })
      .getMany();
    return new Map(messages.map((message) => [message.roomId, message]));
  }

  private async unreadOf(personId: string): Promise<Map<string, number>> {
    const rows = await this.database.manager
      .createQueryBuilder(Message, 'message')
      .innerJoin(RoomMember, 'own', 'own.roomId = message.roomId AND own.personId = :personId', { personId })
      .where('message.number > own.readUpTo AND message.from <> :personId AND message.isRecalled = 0')
      .select('message.roomId', 'roomId')
      .addSelect('COUNT(*)', 'unread')
      .groupBy('message.roomId')
      .getRawMany<{ roomId: string; unread: number }>();
    return new Map(rows.map((row) => [row.roomId, row.unread]));
  }
}
