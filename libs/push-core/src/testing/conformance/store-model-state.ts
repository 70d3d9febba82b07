import type { Message } from '../../model/message.js';
import type { Position } from '../../model/stream.js';
import type { AppendOutcome, AppendRequest, TrimRequest } from '../../store/message-store.js';

interface ModelEntry {
  readonly seq: number;
  readonly message: Message;
}

/**
 * What a store is meant to be, in the plainest words: nothing indexed, everything searched. Commands do the same to it
 * and to a real store, and compare.
 */
export class StoreModel {
  readonly streams = new Map<string, { first: number; head: number; entries: ModelEntry[] }>();
  readonly cursors = new Map<string, Position & { readonly began: number }>();
  readonly subscriptions = new Map<string, number>();
  private messages: { message: Message; held: boolean; kept: number }[] = [];
  private keys: { key: string; fingerprint: string; keepUntil: number; id: string; acceptedAt: number }[] = [];

  stream(name: string): { first: number; head: number; entries: ModelEntry[] } {
    return this.streams.get(name) ?? { first: 1, head: 0, entries: [] };
  }

  has(id: string): boolean {
    return this.messages.some((one) => one.message.id === id);
  }

  due(now: number): Message[] {
    const held = this.messages.filter((one) => one.held && (one.message.dueAt ?? 0) <= now);
    return held.map((one) => one.message).sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
  }

  append(request: AppendRequest, epoch: string): AppendOutcome {
    const { message, idempotency, when } = request;
    const known = this.messages.find((one) => one.message.id === message.id);
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
    this.messages.push({ message, held, kept: held ? 0 : request.targets.length });
    return { kind: 'stored', places: held ? [] : this.join(request, epoch) };
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
        if (record && --record.kept === 0) this.messages.splice(this.messages.indexOf(record), 1);
      }
    }
    this.keys = this.keys.filter((one) => one.keepUntil >= request.now);
    return removed;
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
