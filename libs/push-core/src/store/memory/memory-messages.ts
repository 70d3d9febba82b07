import type { Message } from '../../model/message.js';
import { streamKey, type StreamId, type StreamRef, type StreamState } from '../../model/stream.js';
import type {
  AppendOutcome,
  AppendRequest,
  MessageRef,
  MessageStore,
  Place,
  ReadPage,
  ReadRequest,
  RecalledPlace,
  RecallOutcome,
  StoredMessage,
  StoredUsage,
  TrimRequest,
} from '../message-store.js';
import { epochAtBirth } from './epoch-at-birth.js';
import { entryOf, type KeyRecord, type MemoryData, type MessageRecord } from './memory-data.js';
import { addJob, stepJob } from './memory-jobs.js';
import { MemoryStream } from './memory-stream.js';
import { isKept, keptPlaces, recallInMemory, withoutAudience } from './memory-recall.js';
import { trimMemory } from './memory-trim.js';
import { usageInMemory } from './memory-usage.js';

/** Nothing in it waits or throws half-way, so every call is atomic as it stands. */
export class MemoryMessages implements MessageStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async append(requests: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> {
    this.check();
    return requests.map((request) => {
      switch (request.when) {
        case 'release':
          return this.release(request);
        case 'page':
          return this.page(request);
        default:
          return this.store(request);
      }
    });
  }

  async read(requests: readonly ReadRequest[]): Promise<readonly ReadPage[]> {
    this.check();
    return requests.map((request) => {
      const stream = this.data.streams.get(streamKey(request.tenant, request.stream));
      if (!stream) return { epoch: epochAtBirth(this.data, request), head: 0, first: 1, entries: [] };
      const { after, limit, thread } = request;
      const entries = thread === undefined ? stream.slice(after, limit) : stream.sliceOf(thread, after, limit);
      return { epoch: stream.epoch, head: stream.head, first: stream.first, entries };
    });
  }

  async states(streams: readonly StreamRef[]): Promise<readonly StreamState[]> {
    this.check();
    return streams.map((ref) => {
      const stream = this.data.streams.get(streamKey(ref.tenant, ref.stream));
      if (!stream) return { epoch: epochAtBirth(this.data, ref), head: 0, first: 1 };
      return { epoch: stream.epoch, head: stream.head, first: stream.first };
    });
  }

  async find(tenant: string, id: string): Promise<StoredMessage | undefined> {
    this.check();
    return this.stored({ tenant, id });
  }

  async findAll(ids: readonly MessageRef[]): Promise<readonly (StoredMessage | undefined)[]> {
    this.check();
    return ids.map((ref) => this.stored(ref));
  }

  async placesIn({ tenant, id }: MessageRef, streams: readonly StreamId[]): Promise<readonly (Place | undefined)[]> {
    this.check();
    const record = this.data.messages.get(streamKey(tenant, id));
    if (!record) return streams.map(() => undefined);
    const placeIn = (record.placeIn ??= new Map(record.places.map((place) => [place.stream, place])));
    return streams.map((stream) => {
      const place = placeIn.get(stream);
      return place && isKept(this.data, tenant, place) ? place : undefined;
    });
  }

  async due(now: number, limit: number, without: readonly string[] = []): Promise<readonly Message[]> {
    this.check();
    const due: Message[] = [];
    const left = new Set(without);
    for (const { message } of this.data.held)
      if (heldUntil(message) <= now && !left.has(message.tenant)) due.push(message);
    return due.sort((a, b) => heldUntil(a) - heldUntil(b)).slice(0, limit);
  }

  async recall(tenant: string, id: string, at: number): Promise<RecallOutcome> {
    this.check();
    return recallInMemory(this.data, tenant, id, at);
  }

  async recalledSince(streams: readonly StreamRef[], since: number): Promise<readonly RecalledPlace[]> {
    this.check();
    const places = streams.flatMap((ref) => [
      ...(this.data.recalled.get(streamKey(ref.tenant, ref.stream))?.values() ?? []),
    ]);
    return places.filter((place) => place.at >= since).sort((a, b) => a.at - b.at);
  }

  async trim(request: TrimRequest): Promise<number> {
    this.check();
    return trimMemory(this.data, request);
  }

  async usage(tenant: string): Promise<StoredUsage> {
    this.check();
    return usageInMemory(this.data, tenant);
  }

  private stored({ tenant, id }: MessageRef): StoredMessage | undefined {
    const record = this.data.messages.get(streamKey(tenant, id));
    return record && { message: record.message, places: keptPlaces(this.data, record), held: record.held };
  }

  private store(request: AppendRequest): AppendOutcome {
    const { message, idempotency } = request;
    const key = idempotency && streamKey(message.tenant, idempotency.key);
    const used = key === undefined ? undefined : this.data.keys.get(key);
    if (used) return sameOrConflict(used, request);

    if (key !== undefined && idempotency) {
      this.data.keys.set(key, { ...idempotency, id: message.id, acceptedAt: message.acceptedAt });
    }
    const id = streamKey(message.tenant, message.id);
    const known = this.data.messages.get(id);
    if (known) return { kind: 'duplicate', id: message.id, acceptedAt: known.message.acceptedAt };
    const record: MessageRecord = { message, places: [], kept: 0, held: request.when === 'hold' };
    this.data.messages.set(id, record);
    if (record.held) this.data.held.add(record);
    return { kind: 'stored', places: this.begin(record, request) };
  }

  private release(request: AppendRequest): AppendOutcome {
    const { tenant, id, acceptedAt } = request.message;
    const record = this.data.messages.get(streamKey(tenant, id));
    if (!record?.held) return { kind: 'duplicate', id, acceptedAt: record?.message.acceptedAt ?? acceptedAt };
    record.held = false;
    this.data.held.delete(record);
    return { kind: 'stored', places: this.begin(record, request) };
  }

  private page(request: AppendRequest): AppendOutcome {
    const { tenant, id, acceptedAt } = request.message;
    const record = this.data.messages.get(streamKey(tenant, id));
    const { job } = request;
    const inTime = record && record.message.recalledAt === undefined && job && 'from' in job;
    if (!inTime || !stepJob(this.data, job))
      return { kind: 'duplicate', id, acceptedAt: record?.message.acceptedAt ?? acceptedAt };
    return { kind: 'stored', places: this.join(record, request) };
  }

  private begin(record: MessageRecord, request: AppendRequest): readonly Place[] {
    const first = request.job && 'position' in request.job ? [request.job] : [];
    const jobs = [...first, ...(request.jobs ?? [])];
    for (const job of jobs) addJob(this.data, job);
    const places = record.held ? [] : this.join(record, request);
    if (!record.held && places.length === 0 && jobs.length > 0) this.data.spared.add(record);
    return places;
  }

  private join(record: MessageRecord, { targets }: AppendRequest): readonly Place[] {
    const message = (record.told ??= withoutAudience(record.message));
    const places: Place[] = new Array<Place>(targets.length);
    for (let i = 0; i < targets.length; i++) {
      const { stream: name, filter } = targets[i] as AppendRequest['targets'][number];
      const stream = entryOf(
        this.data.streams,
        streamKey(message.tenant, name),
        () => new MemoryStream(epochAtBirth(this.data, { tenant: message.tenant, stream: name })),
      );
      const seq = stream.head + 1;
      stream.push(filter ? { seq, message, filter } : { seq, message });
      places[i] = { stream: name, epoch: stream.epoch, seq };
    }
    record.places = record.places.length > 0 ? record.places.concat(places) : places;
    record.placeIn = undefined;
    record.kept += places.length;
    return places;
  }
}

const heldUntil = (message: Message): number => message.dueAt ?? message.acceptedAt;

function sameOrConflict(used: KeyRecord, { idempotency }: AppendRequest): AppendOutcome {
  if (used.fingerprint !== idempotency?.fingerprint) return { kind: 'conflict' };
  return { kind: 'duplicate', id: used.id, acceptedAt: used.acceptedAt };
}
