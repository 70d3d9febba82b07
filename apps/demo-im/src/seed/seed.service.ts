import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { Passwords } from '../accounts/passwords.js';
import { Person } from '../accounts/person.entity.js';
import { Message } from '../messages/message.entity.js';
import { RoomMember } from '../rooms/room-member.entity.js';
import { Room } from '../rooms/room.entity.js';
import { FIRST_PEOPLE, FIRST_ROOMS, type FirstRoom } from './first-people.js';

const MINUTE_MS = 60_000;

/** At the very first start: people, two rooms, and a conversation that everybody has read. */
@Injectable()
export class SeedService implements OnModuleInit {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly passwords: Passwords,
  ) {}

  async onModuleInit(): Promise<void> {
    if (await this.database.manager.exists(Person)) return;
    const people = await Promise.all(
      FIRST_PEOPLE.map(async (person) => ({ ...person, passwordHash: await this.passwords.hash(person.id) })),
    );
    await this.database.transaction(async (manager) => {
      await manager.insert(Person, people);
      for (const room of FIRST_ROOMS) await this.furnish(manager, room);
    });
  }

  private async furnish(manager: EntityManager, { id, title, members, said }: FirstRoom): Promise<void> {
    const now = Date.now();
    const sayings = said.map(([from, text, minutesAgo], at) => ({
      ...{ id: `${id}-${at + 1}`, clientId: `seed-${id}-${at + 1}`, roomId: id, from, text },
      ...{ at: now - minutesAgo * MINUTE_MS, isRecalled: false, pushId: null },
    }));
    await manager.insert(Room, {
      id,
      kind: title === undefined ? 'direct' : 'group',
      title: title ?? null,
      directKey: title === undefined ? members.join(' ') : null,
      createdAt: sayings[0]?.at ?? now,
    });
    // One by one: SQLite numbers them in this order.
    let last = 0;
    for (const saying of sayings) last = (await manager.save(Message, { ...saying } as Message)).number;
    const marks = { deliveredUpTo: last, readUpTo: last };
    await manager.insert(
      RoomMember,
      members.map((personId) => ({ roomId: id, personId, ...marks })),
    );
  }
}
