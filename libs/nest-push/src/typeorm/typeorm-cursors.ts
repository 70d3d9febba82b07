import type { CursorMove, CursorStore, DeviceRef, Place, Position, StreamId, UserRef } from 'push-core';
import { inLockOrder } from './lock-order.js';
import { rounds } from './rounds.js';
import type { StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';

export class TypeOrmCursors implements CursorStore {
  constructor(private readonly access: StoreAccess) {}

  async load(devices: readonly DeviceRef[]): Promise<readonly ReadonlyMap<StreamId, Position>[]> {
    const { connection } = await this.access.opened();
    const cursors = devices.map(() => new Map<StreamId, Position>());
    if (devices.length === 0) return cursors;
    const asked = devices.map(({ tenant, user, device }) => [tenant, user, device] as const);
    for (const row of await connection.query(() => this.access.sql.cursors(asked))) {
      const position = { epoch: row.epoch as string, seq: row.seq as number };
      cursors[row.at as number]?.set(row.stream as string, position);
    }
    return cursors;
  }

  async advance(moves: readonly CursorMove[]): Promise<void> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    if (moves.length === 0) return;
    const batches = rounds(moves, ({ tenant, stream, user, device }) => [tenant, stream, user, device].join(' '));
    const sorted = batches.map((batch) => inLockOrder(batch.map(fieldsOf), 4));
    await connection.write(function* (): Steps<void> {
      for (const rows of sorted) yield* sql.advance(rows);
    });
  }

  async reachedBy(asked: readonly (Place & UserRef)[]): Promise<readonly (readonly string[])[]> {
    const { connection } = await this.access.opened();
    const devices = asked.map((): string[] => []);
    const requests = asked.flatMap(({ tenant, stream, user, epoch, seq }, at) =>
      isOthers(stream, user) ? [] : [{ at, row: [tenant, stream, user, epoch, seq] }],
    );
    if (requests.length === 0) return devices;
    for (const row of await connection.query(() => this.access.sql.reachedBy(requests.map((one) => one.row))))
      devices[requests[row.at as number]?.at as number]?.push(row.device as string);
    return devices;
  }

  async reached(tenant: string, places: readonly Place[]): Promise<readonly number[]> {
    const { connection } = await this.access.opened();
    const users = places.map(() => 0);
    if (places.length === 0) return users;
    const asked = places.map(({ stream, epoch, seq }) => [stream, epoch, seq]);
    const rows = await connection.query(() => this.access.sql.reached(tenant, asked));
    for (const row of rows) users[row.at as number] = row.users as number;
    return users;
  }
}

/** A user's own stream is nobody else's. */
const isOthers = (stream: StreamId, user: string): boolean =>
  stream.length > 1 && stream.startsWith('@') && stream !== `@${user}`;

const fieldsOf = ({ tenant, stream, user, device, position, begins }: CursorMove): unknown[] => [
  tenant,
  stream,
  user,
  device,
  position.epoch,
  position.seq,
  begins ? position.seq : 0,
];
