import type { CursorMove, CursorStore, DeviceRef, Place, Position, StreamId } from 'push-core';
import { batches } from './batches.js';
import type { StoreAccess } from './store-access.js';

export class TypeOrmCursors implements CursorStore {
  constructor(private readonly access: StoreAccess) {}

  async load({ tenant, user, device }: DeviceRef): Promise<ReadonlyMap<StreamId, Position>> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(this.access.sql.cursors, [tenant, user, device]);
    return new Map(rows.map((row) => [row.stream as string, { epoch: row.epoch as string, seq: row.seq as number }]));
  }

  async advance(moves: readonly CursorMove[]): Promise<void> {
    const { connection } = await this.access.opened();
    if (moves.length === 0) return;
    const rows = moves.map(({ tenant, stream, user, device, position, begins }) => [
      tenant,
      stream,
      user,
      device,
      position.epoch,
      position.seq,
      begins ? position.seq : 0,
    ]);
    await connection.write((run) => {
      for (const json of batches(rows)) run(this.access.sql.advance, [json]);
    });
  }

  async reached(tenant: string, places: readonly Place[]): Promise<readonly number[]> {
    const { connection } = await this.access.opened();
    return connection.read((run) =>
      places.map(({ stream, epoch, seq }) => {
        const [row] = run(this.access.sql.reached, [tenant, stream, epoch, seq]);
        return row?.users as number;
      }),
    );
  }
}
