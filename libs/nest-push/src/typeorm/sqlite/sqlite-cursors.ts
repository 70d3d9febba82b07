import type { CursorMove, CursorStore, DeviceRef, Place, Position, StreamId } from 'push-core';
import type { Tables } from '../tables.js';
import type { SqliteConnection } from './connection.js';

export class SqliteCursors implements CursorStore {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly t: Tables,
  ) {}

  load({ tenant, user, device }: DeviceRef): Promise<ReadonlyMap<StreamId, Position>> {
    return this.connection.read(async (sql) => {
      const rows = await sql.all(
        `SELECT stream, epoch, seq FROM ${this.t.cursor} WHERE tenant = ? AND user = ? AND device = ?`,
        [tenant, user, device],
      );
      return new Map(rows.map((row) => [String(row.stream), { epoch: String(row.epoch), seq: Number(row.seq) }]));
    });
  }

  async advance(moves: readonly CursorMove[]): Promise<void> {
    if (moves.length === 0) return;
    const rows = moves.map((move) => [
      move.tenant,
      move.user,
      move.device,
      move.stream,
      move.position.epoch,
      move.position.seq,
      move.begins ? move.position.seq : 0,
    ]);
    await this.connection.write((sql) =>
      sql.all(
        `INSERT INTO ${this.t.cursor} AS c (tenant, user, device, stream, epoch, seq, base)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?) WHERE true
         ON CONFLICT (tenant, user, device, stream) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq,
           base = CASE WHEN c.epoch = excluded.epoch THEN c.base ELSE excluded.base END
         WHERE c.epoch <> excluded.epoch OR c.seq < excluded.seq`,
        [JSON.stringify(rows)],
      ),
    );
  }

  reached(tenant: string, places: readonly Place[]): Promise<readonly number[]> {
    return this.connection.read(async (sql) => {
      const rows = await sql.all(
        `SELECT (SELECT count(DISTINCT c.user) FROM ${this.t.cursor} c WHERE c.tenant = ?1 AND c.stream = j.value ->> 0
           AND c.epoch = j.value ->> 1 AND c.seq >= j.value ->> 2 AND c.base < j.value ->> 2) AS users
         FROM json_each(?2) j ORDER BY j.key`,
        [tenant, JSON.stringify(places.map((place) => [place.stream, place.epoch, place.seq]))],
      );
      return rows.map((row) => Number(row.users));
    });
  }
}
