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
  StoredUsage,
  StreamId,
  StreamRef,
  StreamState,
  TrimRequest,
} from 'push-core';
import { renewalBucket, renewedEpoch } from 'push-core';
import { appendSteps } from './append-steps.js';
import { toEntry, toMessage } from './message-row.js';
import type { Row } from './sql-connection.js';
import type { Pair, SqlDialect } from './sql-dialect.js';
import type { Epochs, StoreAccess } from './store-access.js';
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
    const database = await this.access.opened();
    if (requests.length === 0) return [];
    return database.connection.read(() => readSteps(this.access.sql, database, requests));
  }

  async states(streams: readonly StreamRef[]): Promise<readonly StreamState[]> {
    const database = await this.access.opened();
    if (streams.length === 0) return [];
    return database.connection.query(() => stateSteps(this.access.sql, database, streams));
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
    for (const row of await connection.query(() => this.access.sql.placesIn(tenant, id, streams)))
      places[row.at as number] = placeOf(epoch, { ...row, stream: streams[row.at as number] });
    return places;
  }

  async due(now: number, limit: number, without: readonly string[] = []): Promise<readonly Message[]> {
    const { connection } = await this.access.opened();
    return (await connection.query(() => this.access.sql.due(now, limit, without))).map(toMessage);
  }

  async usage(tenant: string): Promise<StoredUsage> {
    const { connection } = await this.access.opened();
    const [row] = await connection.query(() => this.access.sql.usage(tenant));
    return { messages: row?.messages as number, bytes: row?.bytes as number };
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
      ...placeOf(epoch, row),
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

function* readSteps(sql: SqlDialect, epochs: Epochs, requests: readonly ReadRequest[]): Steps<ReadPage[]> {
  const states = yield* stateSteps(sql, epochs, requests);
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

function* stateSteps(sql: SqlDialect, { epoch, before }: Epochs, streams: readonly StreamRef[]): Steps<StreamState[]> {
  const stateOf = (head: number, first: number, carried: number, mark: string | undefined | null): StreamState => ({
    epoch: renewedEpoch(epoch, mark),
    head,
    first,
    ...(before === undefined ? {} : { before: { epoch: renewedEpoch(before, mark), seq: carried } }),
  });
  const states: (StreamState | undefined)[] = new Array<undefined>(streams.length).fill(undefined);
  for (const row of yield* sql.states(streams.map(pairOf))) {
    const { head, first, carried, renewal } = row as unknown as StateRow;
    states[row.at as number] = stateOf(head, first, carried ?? 0, renewal);
  }
  const buckets = streams.map(({ tenant, stream }, at) => (states[at] ? undefined : renewalBucket(tenant, stream)));
  const marks = yield* marksOf(sql, buckets);
  return states.map((state, at) => state ?? stateOf(0, 1, 0, marks.get(buckets[at])));
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
  for (const row of yield* sql.placesOf(stored)) places[row.at as number]?.push(placeOf(epoch, row));
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
  return rows.map((row) => placeOf(epoch, row));
}

interface StateRow {
  readonly head: number;
  readonly first: number;
  readonly carried: number | null;
  readonly renewal: string | null;
}

/** By bucket; few are marked. */
function* marksOf(sql: SqlDialect, buckets: readonly (number | undefined)[]): Steps<Map<number | undefined, string>> {
  const asked = [...new Set(buckets.flatMap((bucket) => bucket ?? []))];
  const rows = asked.length > 0 ? yield* sql.renewals(asked) : [];
  return new Map(rows.map(({ bucket, mark }) => [bucket as number, mark as string]));
}

const placeOf = (epoch: string, { stream, seq, renewal }: Row): Place => ({
  stream: stream as string,
  epoch: renewedEpoch(epoch, renewal as string | null),
  seq: seq as number,
});
