import type {
  AppendOutcome,
  AppendRequest,
  Entry,
  Message,
  MessageRef,
  MessageStore,
  Place,
  ReadPage,
  ReadRequest,
  RecalledPlace,
  RecallOutcome,
  StoredMessage,
  StreamId,
  StreamRef,
  StreamState,
  TrimRequest,
} from 'push-core';
import { appendSteps } from './append-steps.js';
import { toEntry, toMessage } from './message-row.js';
import type { Pair, SqlDialect } from './sql-dialect.js';
import type { StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';
import { trimSteps } from './trim-steps.js';

/** Entries removed in one transaction: others have a turn in between. */
const TRIM_ROUND = 1000;

export class TypeOrmMessages implements MessageStore {
  constructor(private readonly access: StoreAccess) {}

  async append(requests: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> {
    const { connection, epoch } = await this.access.opened();
    if (requests.length === 0) return [];
    return connection.write(() => appendSteps(this.access.sql, epoch, requests));
  }

  async read(requests: readonly ReadRequest[]): Promise<readonly ReadPage[]> {
    const { connection, epoch } = await this.access.opened();
    if (requests.length === 0) return [];
    return connection.read(() => readSteps(this.access.sql, epoch, requests));
  }

  async states(streams: readonly StreamRef[]): Promise<readonly StreamState[]> {
    const { connection, epoch } = await this.access.opened();
    if (streams.length === 0) return [];
    return connection.query(() => stateSteps(this.access.sql, epoch, streams));
  }

  async find(tenant: string, id: string): Promise<StoredMessage | undefined> {
    const [found] = await this.findAll([{ tenant, id }]);
    return found;
  }

  async findAll(ids: readonly MessageRef[]): Promise<readonly (StoredMessage | undefined)[]> {
    const { connection, epoch } = await this.access.opened();
    if (ids.length === 0) return [];
    return connection.read(() => findSteps(this.access.sql, epoch, ids));
  }

  async placesIn({ tenant, id }: MessageRef, streams: readonly StreamId[]): Promise<readonly (Place | undefined)[]> {
    const { connection, epoch } = await this.access.opened();
    const places = streams.map((): Place | undefined => undefined);
    if (streams.length === 0) return places;
    for (const { at, seq } of await connection.query(() => this.access.sql.placesIn(tenant, id, streams)))
      places[at as number] = { stream: streams[at as number] as StreamId, epoch, seq: seq as number };
    return places;
  }

  async due(now: number, limit: number): Promise<readonly Message[]> {
    const { connection } = await this.access.opened();
    return (await connection.query(() => this.access.sql.due(now, limit))).map(toMessage);
  }

  async recall(tenant: string, id: string, at: number): Promise<RecallOutcome> {
    const { sql } = this.access;
    const { connection, epoch } = await this.access.opened();
    return connection.write(function* (): Steps<RecallOutcome> {
      const [row] = yield* sql.lockMessage(tenant, id);
      if (!row) return { kind: 'missing' };
      if (row.held_until !== null) {
        yield* sql.cancel(tenant, id);
        return { kind: 'cancelled' };
      }
      if (row.recalled_at === null) yield* sql.recall(tenant, id, at);
      return { kind: 'recalled', places: yield* placeSteps(sql, epoch, tenant, id) };
    });
  }

  async recalledSince(streams: readonly StreamRef[], since: number): Promise<readonly RecalledPlace[]> {
    const { connection, epoch } = await this.access.opened();
    if (streams.length === 0) return [];
    const rows = await connection.query(() => this.access.sql.recalledSince(streams.map(pairOf), since));
    return rows.map((row) => ({
      stream: row.stream as string,
      epoch,
      seq: row.seq as number,
      id: row.id as string,
      at: row.recalled_at as number,
    }));
  }

  async trim(request: TrimRequest): Promise<number> {
    const { connection } = await this.access.opened();
    let removed = 0;
    for (;;) {
      const limit = Math.min(TRIM_ROUND, request.limit - removed);
      const round = await connection.write(() => trimSteps(this.access.sql, { ...request, limit }));
      removed += round.entries;
      if (!round.more || removed >= request.limit) return removed;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

const pairOf = ({ tenant, stream }: StreamRef): Pair => [tenant, stream];

function* readSteps(sql: SqlDialect, epoch: string, requests: readonly ReadRequest[]): Steps<ReadPage[]> {
  const states = yield* stateSteps(sql, epoch, requests);
  const pages = states.map((state) => ({ ...state, entries: [] as Entry[] }));
  const behind = requests.flatMap(({ after }, at) => ((pages[at]?.head ?? 0) > after ? [at] : []));
  if (behind.length === 0) return pages;
  const asked = behind.map((at) => {
    const { tenant, stream, after, limit, thread = null } = requests[at] as ReadRequest;
    return [tenant, stream, after, limit, thread];
  });
  for (const row of yield* sql.entries(asked)) pages[behind[row.at as number] as number]?.entries.push(toEntry(row));
  return pages;
}

function* stateSteps(sql: SqlDialect, epoch: string, streams: readonly StreamRef[]): Steps<StreamState[]> {
  const states: StreamState[] = streams.map(() => ({ epoch, head: 0, first: 1 }));
  for (const row of yield* sql.states(streams.map(pairOf))) {
    states[row.at as number] = { epoch, head: row.head as number, first: row.first as number };
  }
  return states;
}

function* findSteps(
  sql: SqlDialect,
  epoch: string,
  ids: readonly MessageRef[],
): Steps<readonly (StoredMessage | undefined)[]> {
  const pairs = ids.map(({ tenant, id }): Pair => [tenant, id]);
  const rows = yield* sql.messages(pairs);
  const found = ids.map((): StoredMessage | undefined => undefined);
  if (rows.length === 0) return found;
  const stored = rows.map(({ at }) => pairs[at as number] as Pair);
  const places = stored.map((): Place[] => []);
  for (const { at, stream, seq } of yield* sql.placesOf(stored))
    places[at as number]?.push({ stream: stream as string, epoch, seq: seq as number });
  rows.forEach((row, i) => {
    found[row.at as number] = {
      message: toMessage(row),
      places: places[i] as Place[],
      held: row.held_until !== null,
    };
  });
  return found;
}

function* placeSteps(sql: SqlDialect, epoch: string, tenant: string, id: string): Steps<Place[]> {
  const rows = yield* sql.places(tenant, id);
  return rows.map((row) => ({ stream: row.stream as string, epoch, seq: row.seq as number }));
}
