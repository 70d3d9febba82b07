import type { Message } from '../../model/message.js';
import type { Position } from '../../model/stream.js';
import type { AppendOutcome, AppendRequest, RecallOutcome, TrimRequest } from '../../store/message-store.js';

interface ModelEntry {
  readonly seq: number;
  message: Message;
}
interface ModelMark {
  readonly user: string;
  readonly stream: string;
  readonly thread?: string;
}

interface ModelJob {
  readonly position: number;
  readonly size: number;
  readonly dueAt: number;
  readonly owner?: string;
  /** End of the owner's lease. */
  readonly until: number;
}

/**
 * What a store is meant to be, in the plainest words: nothing indexed, everything searched. Commands do the same to it
 * and to a real store, and compare.
 */
export class StoreModel {
  readonly streams = new Map<string, { first: number; head: number; entries: ModelEntry[] }>();
  readonly cursors = new Map<string, Position & { readonly began: number }>();
  readonly marks = new Map<string, Position>();
  readonly subscriptions = new Map<string, number>();
  /** Living ones, by id. */
  readonly jobs = new Map<string, ModelJob>();
  jobsMade = 0;
  private messages: { message: Message; held: boolean; kept: number }[] = [];
  private keys: { key: string; fingerprint: string; keepUntil: number; id: string; acceptedAt: number }[] = [];

  stream(name: string): { first: number; head: number; entries: ModelEntry[] } {
    return this.streams.get(name) ?? { first: 1, head: 0, entries: [] };
  }

  find(id: string): Message | undefined {
    return this.messages.find((one) => one.message.id === id)?.message;
  }

  due(now: number): Message[] {
    const held = this.messages.filter((one) => one.held && (one.message.dueAt ?? 0) <= now);
    return held.map((one) => one.message).sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
  }

  append(request: AppendRequest, epoch: string): AppendOutcome {
    const { message, idempotency, when } = request;
    const known = this.messages.find((one) => one.message.id === message.id);
    if (when === 'page') return this.page(request, epoch);
    if (when === 'release') {
      if (!known?.held)
        return { kind: 'duplicate', id: message.id, acceptedAt: known?.message.acceptedAt ?? message.acceptedAt };
      known.held = false;
      known.kept = request.targets.length;
      return { kind: 'stored', places: this.join(request, epoch) };
    }
    const used = this.keys.find((one) => one.key === idempotency?.key);
    if (used && used.fingerprint !== idempotency?.fingerprint) return { kind: 'conflict' };
    if (used) return { kind: 'duplicate', id: used.id, acceptedAt: used.acceptedAt };
    if (idempotency) this.keys.push({ ...idempotency, id: message.id, acceptedAt: message.acceptedAt });
    if (known) return { kind: 'duplicate', id: message.id, acceptedAt: known.message.acceptedAt };
    const held = when === 'hold';
    if (request.job && 'size' in request.job) this.jobs.set(message.id, { ...request.job, until: 0 });
    this.messages.push({ message, held, kept: held ? 0 : request.targets.length });
    return { kind: 'stored', places: held ? [] : this.join(request, epoch) };
  }

  /** One tenant has one job claimed. */
  claim({ owner, now, leaseUntil }: { owner: string; now: number; leaseUntil: number }): string[] {
    // All are of one tenant: the first in line, or none.
    const [first] = [...this.jobs].sort(([, a], [, b]) => a.dueAt - b.dueAt);
    if (first && (first[1].dueAt > now || first[1].until > now)) return [];
    if (!first) return [];
    this.jobs.set(first[0], { ...first[1], owner, until: leaseUntil });
    return [first[0]];
  }

  recall(id: string, at: number, epoch: string): RecallOutcome {
    const record = this.messages.find((one) => one.message.id === id);
    if (!record) return { kind: 'missing' };
    if (record.held) {
      this.messages.splice(this.messages.indexOf(record), 1);
      return { kind: 'cancelled' };
    }
    const { data: _, ...left } = record.message;
    const recalled = left.recalledAt === undefined ? { ...left, recalledAt: at } : record.message;
    const places = [...this.streams].flatMap(([stream, { entries }]) => {
      const own = entries.filter((entry) => entry.message === record.message);
      for (const entry of own) entry.message = recalled;
      return own.map(({ seq }) => ({ stream, epoch, seq }));
    });
    record.message = recalled;
    return { kind: 'recalled', places };
  }

  recalledSince(stream: string, since: number, epoch: string): unknown[] {
    return this.stream(stream).entries.flatMap(({ seq, message: { id, recalledAt } }) =>
      recalledAt !== undefined && recalledAt >= since ? [{ stream, epoch, seq, id, at: recalledAt }] : [],
    );
  }

  mark({ user, stream, thread }: ModelMark, position: Position): boolean {
    const key = [user, stream, thread].join(' ');
    const current = this.marks.get(key);
    if (current?.epoch === position.epoch && current.seq >= position.seq) return false;
    this.marks.set(key, position);
    return true;
  }

  readUpTo(user: string, stream: string, thread: string | undefined, epoch: string): number {
    const marks = [undefined, thread].map((one) => this.marks.get([user, stream, one].join(' ')));
    return Math.max(0, ...marks.map((mark) => (mark?.epoch === epoch ? mark.seq : 0)));
  }

  unread(asked: ModelMark & { since: number; now: number }, epoch: string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { seq, message } of this.stream(asked.stream).entries) {
      const { thread, expiresAt, recalledAt } = message;
      if (seq <= asked.since || (asked.thread !== undefined && thread !== asked.thread)) continue;
      if (expiresAt <= asked.now || recalledAt !== undefined) continue;
      if (seq <= this.readUpTo(asked.user, asked.stream, thread, epoch)) continue;
      counts.set(thread ?? '', (counts.get(thread ?? '') ?? 0) + 1);
    }
    return counts;
  }

  trim(request: TrimRequest): number {
    let removed = 0;
    for (const stream of this.streams.values()) {
      for (let oldest = stream.entries[0]; oldest; oldest = stream.entries[0]) {
        const { message } = oldest;
        const old = Math.max(message.acceptedAt, message.dueAt ?? 0) < request.acceptedBefore;
        if (!old && stream.entries.length <= request.keepPerStream) break;
        stream.entries.shift();
        stream.first++;
        removed++;
        const record = this.messages.find((one) => one.message === message);
        if (record && --record.kept <= 0 && !this.jobs.has(message.id))
          this.messages.splice(this.messages.indexOf(record), 1);
      }
    }
    this.keys = this.keys.filter((one) => one.keepUntil >= request.now);
    return removed;
  }

  private page(request: AppendRequest, epoch: string): AppendOutcome {
    const { message, job: step } = request;
    const job = this.jobs.get(message.id);
    const known = this.messages.find((one) => one.message.id === message.id);
    const isNext = step && 'from' in step && step.from === job?.position;
    if (!isNext || !known || known.message.recalledAt !== undefined)
      return { kind: 'duplicate', id: message.id, acceptedAt: known?.message.acceptedAt ?? message.acceptedAt };
    if (step.to >= job.size) this.jobs.delete(message.id);
    else this.jobs.set(message.id, { ...job, position: step.to, owner: step.owner, until: step.leaseUntil });
    known.kept += request.targets.length;
    return { kind: 'stored', places: this.join(request, epoch) };
  }

  private join({ message, targets }: AppendRequest, epoch: string) {
    const stored = this.messages.find((one) => one.message.id === message.id)?.message ?? message;
    return targets.map(({ stream: name }) => {
      const stream = this.stream(name);
      this.streams.set(name, stream);
      stream.entries.push({ seq: ++stream.head, message: stored });
      return { stream: name, epoch, seq: stream.head };
    });
  }
}
