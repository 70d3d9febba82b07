import type { Audience } from '../../model/audience.js';
import type { EntryFilter } from '../../model/message.js';
import type { PublishInput } from '../../model/publish-input.js';
import { EVERYBODY, streamKey, userOf, userStream, type StreamId } from '../../model/stream.js';
import type { AppendRequest, Place, RecallOutcome } from '../../store/message-store.js';
import type { Rule } from './report.js';

/** One publish, however often it was tried. */
export interface Attempt {
  readonly number: number;
  readonly tenant: string;
  readonly input: PublishInput;
  /** Publishes of one publisher in later bursts began after those of earlier ones were accepted. */
  readonly publisher: number;
  readonly burst: number;
  accepted: boolean;
  shown: boolean;
  /** Recalled before it was due: it is in no stream. */
  cancelled: boolean;
  /** Recalled: what it had not been brought into by then, it never is. */
  recalled: boolean;
}

/** An entry as the store said it wrote it. */
export interface Slot {
  readonly seq: number;
  readonly id: string;
  readonly attempt: Attempt;
  readonly expiresAt: number;
  /** It came with a later page of a long audience: not in the order of its publish. */
  readonly paged: boolean;
  recalled: boolean;
}

/** What was published, and where the store put it: the truth that devices are compared with. */
export class Ledger {
  readonly attempts: Attempt[] = [];
  readonly held = new Map<string, Attempt>();
  private readonly ids = new Map<string, Attempt>();
  private readonly streams = new Map<string, Slot[]>();
  private readonly firsts = new Map<string, number>();
  accepted = 0;
  pages = 0;
  /** Shown before the publisher had its answer. */
  recovered = 0;

  constructor(private readonly broken: (rule: Rule, text: string) => void) {}

  attempt(tenant: string, input: PublishInput, publisher: number, burst: number): Attempt {
    const number = this.attempts.length;
    const data = { k: number, ...(input.data as object) };
    const state = { accepted: false, shown: false, cancelled: false, recalled: false };
    const one: Attempt = { number, tenant, input: { ...input, data }, publisher, burst, ...state };
    this.attempts.push(one);
    return one;
  }

  /** The publish a message's data names. */
  attemptOf(data: unknown): Attempt | undefined {
    return this.attempts[(data as { k?: number } | undefined)?.k ?? -1];
  }

  stored(request: AppendRequest, places: readonly Place[]): void {
    const { message } = request;
    const attempt = this.attemptOf(JSON.parse(message.data ?? 'null'));
    if (!attempt) return this.broken('unexpected', `message ${message.id} was stored, but never published`);
    if (request.when === 'hold') this.held.set(message.id, attempt);
    else this.held.delete(message.id);
    this.ids.set(message.id, attempt);
    if (request.when === 'page') this.pages++;
    for (const place of places) this.write(request, attempt, place);
  }

  private write({ message, when }: AppendRequest, attempt: Attempt, { stream, seq }: Place): void {
    const key = streamKey(message.tenant, stream);
    let slots = this.streams.get(key);
    if (!slots) this.streams.set(key, (slots = []));
    if (seq !== slots.length + 1) this.broken('seq', `${key} got seq ${seq} after ${slots.length}`);
    const { id, expiresAt } = message;
    slots[seq - 1] = { seq, id, attempt, expiresAt, paged: when === 'page', recalled: false };
  }

  trimmed(tenant: string, stream: StreamId, first: number): void {
    this.firsts.set(streamKey(tenant, stream), first);
  }

  recalled(tenant: string, id: string, outcome: RecallOutcome): void {
    if (outcome.kind === 'cancelled') {
      const attempt = this.held.get(id);
      if (attempt) attempt.cancelled = true;
      this.held.delete(id);
    }
    if (outcome.kind !== 'recalled') return;
    const attempt = this.ids.get(id);
    if (attempt) attempt.recalled = true;
    for (const { stream, seq } of outcome.places) {
      const slot = this.slot(tenant, stream, seq);
      if (slot) slot.recalled = true;
    }
  }

  head(tenant: string, stream: StreamId): number {
    return this.streams.get(streamKey(tenant, stream))?.length ?? 0;
  }

  first(tenant: string, stream: StreamId): number {
    return this.firsts.get(streamKey(tenant, stream)) ?? 1;
  }

  slot(tenant: string, stream: StreamId, seq: number): Slot | undefined {
    return this.streams.get(streamKey(tenant, stream))?.[seq - 1];
  }

  /** Whether a device may be told there is nothing for it at this place. */
  nothingFor(tenant: string, stream: StreamId, seq: number, user: string, device: string, now: number): boolean {
    const slot = this.slot(tenant, stream, seq);
    if (!slot) return false;
    if (seq < this.first(tenant, stream)) return true;
    return slot.recalled || slot.expiresAt <= now || !isWanted(slot.attempt.input.to, stream, user, device);
  }

  /** At the end: what was answered is there, whole, and in the order it was asked for. */
  verify(): void {
    const places = new Map<Attempt, Set<string>>();
    for (const [key, slots] of this.streams) {
      const bursts = new Map<number, number>();
      for (const { attempt, seq, paged } of slots) {
        let own = places.get(attempt);
        if (!own) places.set(attempt, (own = new Set()));
        if (own.has(key))
          this.broken('shown-twice', `publish ${attempt.number} is in ${key} twice, again as seq ${seq}`);
        own.add(key);
        if (paged || attempt.input.options?.sendAt !== undefined) continue;
        const before = bursts.get(attempt.publisher) ?? -1;
        if (attempt.burst < before)
          this.broken('out-of-order', `publish ${attempt.number} is in ${key} behind a later one`);
        bursts.set(attempt.publisher, Math.max(before, attempt.burst));
      }
    }
    for (const attempt of this.attempts) {
      if (!attempt.accepted || attempt.cancelled || attempt.recalled) continue;
      for (const stream of streamsOf(attempt.input.to)) {
        const key = streamKey(attempt.tenant, stream);
        if (!places.get(attempt)?.has(key))
          this.broken('not-durable', `publish ${attempt.number} was accepted and is not in ${key}`);
      }
    }
  }
}

/** The streams an audience stands for; its own reading of the contract, not the engine's. */
function streamsOf(to: Audience): StreamId[] {
  const left = to.except?.users ?? [];
  const users = new Set([...(to.users ?? []), ...(to.devices ?? []).map((one) => one.user)]);
  return [
    ...[...users].filter((user) => !left.includes(user)).map(userStream),
    ...(to.topics ?? []),
    ...(to.all ? [EVERYBODY] : []),
  ];
}

export function isWanted(to: Audience, stream: StreamId, user: string, device: string): boolean {
  const excluded: EntryFilter = { exceptUsers: to.except?.users, exceptDevices: to.except?.devices };
  if (excluded.exceptUsers?.includes(user)) return false;
  if (excluded.exceptDevices?.some((one) => one.user === user && one.device === device)) return false;
  if (stream === EVERYBODY) return to.all === true;
  if (userOf(stream) === undefined) return to.topics?.includes(stream) === true;
  if (userOf(stream) !== user) return false;
  return (
    to.users?.includes(user) === true || to.devices?.some((one) => one.user === user && one.device === device) === true
  );
}
