import type {
  AppendOutcome,
  AppendRequest,
  Message,
  MessageStore,
  Place,
  ReadPage,
  ReadRequest,
  RecalledPlace,
  RecallOutcome,
  StoredMessage,
  StreamRef,
  StreamState,
  TrimRequest,
} from 'push-core';
import { appendSteps } from './append-steps.js';
import { toEntry, toMessage } from './message-row.js';
import type { Run } from './sqlite-connection.js';
import { runSteps } from './steps.js';
import type { StoreAccess } from './store-access.js';
import { trimSteps } from './trim-steps.js';

/** Entries removed in one transaction: the event loop has a turn in between. */
const TRIM_ROUND = 1000;

export class TypeOrmMessages implements MessageStore {
  constructor(private readonly access: StoreAccess) {}

  async append(requests: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> {
    const { connection, epoch } = await this.access.opened();
    if (requests.length === 0) return [];
    return connection.write((run) => runSteps(appendSteps(this.access.sql, epoch, requests), run));
  }

  async read(requests: readonly ReadRequest[]): Promise<readonly ReadPage[]> {
    const { connection, epoch } = await this.access.opened();
    if (requests.length === 0) return [];
    return connection.read((run) => {
      const states = this.statesIn(run, epoch, requests);
      return requests.map((request, at) => {
        const state = states[at] as StreamState;
        const entries = state.head <= request.after ? [] : this.entriesIn(run, request).map(toEntry);
        return { ...state, entries };
      });
    });
  }

  async states(streams: readonly StreamRef[]): Promise<readonly StreamState[]> {
    const { connection, epoch } = await this.access.opened();
    if (streams.length === 0) return [];
    return connection.read((run) => this.statesIn(run, epoch, streams));
  }

  async find(tenant: string, id: string): Promise<StoredMessage | undefined> {
    const { sql } = this.access;
    const { connection, epoch } = await this.access.opened();
    return connection.read((run) => {
      const [row] = run(sql.message, [tenant, id]);
      if (!row) return undefined;
      const places = this.placesIn(run, epoch, tenant, id);
      return { message: toMessage(row), places, held: row.held_until !== null };
    });
  }

  async due(now: number, limit: number): Promise<readonly Message[]> {
    const { connection } = await this.access.opened();
    return (await connection.query(this.access.sql.due, [now, limit])).map(toMessage);
  }

  async recall(tenant: string, id: string, at: number): Promise<RecallOutcome> {
    const { sql } = this.access;
    const { connection, epoch } = await this.access.opened();
    return connection.write((run) => {
      const [row] = run(sql.held, [tenant, id]);
      if (!row) return { kind: 'missing' };
      if (row.held_until !== null) {
        run(sql.cancel, [tenant, id]);
        return { kind: 'cancelled' };
      }
      if (row.recalled_at === null) run(sql.recall, [at, tenant, id]);
      return { kind: 'recalled', places: this.placesIn(run, epoch, tenant, id) };
    });
  }

  async recalledSince(streams: readonly StreamRef[], since: number): Promise<readonly RecalledPlace[]> {
    const { connection, epoch } = await this.access.opened();
    if (streams.length === 0) return [];
    const asked = JSON.stringify(streams.map((one) => [one.tenant, one.stream]));
    const rows = await connection.query(this.access.sql.recalledSince, [asked, since]);
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
      const round = await connection.write((run) => runSteps(trimSteps(this.access.sql, { ...request, limit }), run));
      removed += round.entries;
      if (!round.more || removed >= request.limit) return removed;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private statesIn(run: Run, epoch: string, streams: readonly StreamRef[]): StreamState[] {
    const states: StreamState[] = streams.map(() => ({ epoch, head: 0, first: 1 }));
    for (const row of run(this.access.sql.states, [JSON.stringify(streams.map((one) => [one.tenant, one.stream]))])) {
      states[row.at as number] = { epoch, head: row.head as number, first: row.first as number };
    }
    return states;
  }

  private placesIn(run: Run, epoch: string, tenant: string, id: string): Place[] {
    return run(this.access.sql.places, [tenant, id]).map((place) => ({
      stream: place.stream as string,
      epoch,
      seq: place.seq as number,
    }));
  }

  private entriesIn(run: Run, { tenant, stream, after, thread, limit }: ReadRequest) {
    const { sql } = this.access;
    return thread === undefined
      ? run(sql.entries, [tenant, stream, after, limit])
      : run(sql.entriesOfThread, [tenant, stream, after, thread, limit]);
  }
}
