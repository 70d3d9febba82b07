import type {
  AppendOutcome,
  AppendRequest,
  Message,
  MessageStore,
  ReadPage,
  ReadRequest,
  StoredMessage,
  StreamRef,
  StreamState,
  TrimRequest,
} from 'push-core';
import type { Row, Sql } from '../sql.js';
import type { Tables } from '../tables.js';
import { append } from './append.js';
import type { SqliteConnection } from './connection.js';
import { MESSAGE_COLUMNS, toEntry, toMessage } from './rows.js';
import { trim } from './trim.js';

const M = MESSAGE_COLUMNS.map((column) => `m.${column}`).join(', ');

export class SqliteMessages implements MessageStore {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly t: Tables,
  ) {}

  append(requests: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> {
    return this.connection.write((sql) => append(sql, this.t, requests));
  }

  read(requests: readonly ReadRequest[]): Promise<readonly ReadPage[]> {
    return this.connection.read(async (sql) => {
      const states = await this.statesOf(sql, requests);
      const pages: ReadPage[] = [];
      for (const [i, request] of requests.entries()) {
        pages.push({ ...(states[i] as StreamState), entries: (await this.entries(sql, request)).map(toEntry) });
      }
      return pages;
    });
  }

  states(streams: readonly StreamRef[]): Promise<readonly StreamState[]> {
    return this.connection.read((sql) => this.statesOf(sql, streams));
  }

  find(tenant: string, id: string): Promise<StoredMessage | undefined> {
    return this.connection.read(async (sql) => {
      const [row] = await sql.all(`SELECT ${M} FROM ${this.t.message} m WHERE m.tenant = ? AND m.id = ?`, [tenant, id]);
      if (!row) return undefined;
      const places = await sql.all(
        `SELECT e.stream, e.seq, s.epoch FROM ${this.t.entry} e JOIN ${this.t.stream} s ON s.tenant = e.tenant AND s.stream = e.stream
         WHERE e.tenant = ? AND e.message_id = ? ORDER BY e.stream`,
        [tenant, id],
      );
      return {
        message: toMessage(row),
        held: row.held === 1,
        places: places.map((place) => ({
          stream: String(place.stream),
          epoch: String(place.epoch),
          seq: Number(place.seq),
        })),
      };
    });
  }

  due(now: number, limit: number): Promise<readonly Message[]> {
    return this.connection.read(async (sql) => {
      const rows = await sql.all(
        `SELECT ${M} FROM ${this.t.message} m WHERE m.held = 1 AND m.due_at <= ? ORDER BY m.due_at, m.id LIMIT ?`,
        [now, limit],
      );
      return rows.map(toMessage);
    });
  }

  countByThread(stream: StreamRef, after: number): Promise<ReadonlyMap<string, number>> {
    return this.connection.read(async (sql) => {
      const rows = await sql.all(
        `SELECT coalesce(m.thread, '') AS thread, count(*) AS entries FROM ${this.t.entry} e
         JOIN ${this.t.message} m ON m.tenant = e.tenant AND m.id = e.message_id
         WHERE e.tenant = ? AND e.stream = ? AND e.seq > ? GROUP BY 1`,
        [stream.tenant, stream.stream, after],
      );
      return new Map(rows.map((row) => [String(row.thread), Number(row.entries)]));
    });
  }

  trim(request: TrimRequest): Promise<number> {
    return this.connection.write((sql) => trim(sql, this.t, request));
  }

  private entries(sql: Sql, { tenant, stream, after, limit, thread }: ReadRequest): Promise<Row[]> {
    const from = `SELECT e.seq, e.filter, ${M} FROM ${this.t.entry} e JOIN ${this.t.message} m ON m.tenant = e.tenant AND m.id = e.message_id
       WHERE e.tenant = ? AND e.stream = ? AND e.seq > ?`;
    return thread === undefined
      ? sql.all(`${from} ORDER BY e.seq LIMIT ?`, [tenant, stream, after, limit])
      : sql.all(`${from} AND m.thread = ? ORDER BY e.seq LIMIT ?`, [tenant, stream, after, thread, limit]);
  }

  private async statesOf(sql: Sql, streams: readonly StreamRef[]): Promise<StreamState[]> {
    const rows = await sql.all(
      `SELECT coalesce(s.epoch, (SELECT value FROM ${this.t.meta} WHERE name = 'epoch')) AS epoch,
         coalesce(s.head, 0) AS head, coalesce(s.first, 1) AS first
       FROM json_each(?) j LEFT JOIN ${this.t.stream} s ON s.tenant = j.value ->> 0 AND s.stream = j.value ->> 1 ORDER BY j.key`,
      [JSON.stringify(streams.map((one) => [one.tenant, one.stream]))],
    );
    return rows.map((row) => ({ epoch: String(row.epoch), head: Number(row.head), first: Number(row.first) }));
  }
}
