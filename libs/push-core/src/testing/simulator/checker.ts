import type { Message } from '../../model/message.js';
import type { StreamId } from '../../model/stream.js';
import type { CursorMove } from '../../store/cursor-store.js';
import { Account, type Who } from './account.js';
import { Ledger } from './ledger.js';
import type { Rule, Violation } from './report.js';
import type { Timeline } from './timeline.js';

/** Judges a run by what was seen at its edges: publishers, devices, links, and what the store was asked to keep. */
export class Checker {
  readonly violations: Violation[] = [];
  readonly ledger = new Ledger((rule, text) => this.broken(rule, text));
  private readonly accounts = new Map<string, Account>();

  constructor(
    private readonly timeline: Timeline,
    private readonly start: number,
    private readonly isChurning: (stream: StreamId) => boolean,
    /** A server's clock may be wrong by so much. */
    private readonly skewMs: number,
    private readonly told: (violation: Violation) => void,
  ) {}

  readonly broken = (rule: Rule, text: string): void => {
    const violation = { rule, atMs: this.timeline.now - this.start, text };
    this.violations.push(violation);
    this.told(violation);
  };

  account(who: Who, stream: StreamId): Account {
    const key = `${who.tenant} ${who.user} ${who.device} ${stream}`;
    let account = this.accounts.get(key);
    if (!account) {
      account = new Account(who, stream, this.isChurning(stream), this.ledger, this.broken);
      this.accounts.set(key, account);
    }
    return account;
  }

  released({ id, dueAt = 0 }: Message): void {
    const earlyMs = dueAt - this.timeline.now - this.skewMs;
    if (earlyMs > 0) this.broken('early', `scheduled message ${id} joined its streams ${earlyMs} ms early`);
  }

  cursorsMoved(moves: readonly CursorMove[]): void {
    for (const move of moves) {
      const account = this.account(move, move.stream);
      const farthest = account.farthest(this.timeline.now + this.skewMs);
      if (move.position.seq > farthest) {
        this.broken(
          'cursor-ahead',
          `${account.name}: cursor written at ${move.position.seq}, acknowledged is ${account.acked}`,
        );
      }
    }
  }

  cursorRead(who: Who, stream: StreamId, seq: number): void {
    const account = this.account(who, stream);
    if (seq < account.stored) this.broken('cursor-back', `${account.name}: cursor ${seq} after ${account.stored}`);
    account.stored = Math.max(account.stored, seq);
  }

  /** What devices are still owed, for the end of a run. */
  missing(owed: Iterable<Account>, all: boolean): string | undefined {
    for (const account of owed) {
      const seq = account.missing(all, this.timeline.now + this.skewMs);
      if (seq !== undefined) return `${account.name}: nothing became of seq ${seq}`;
    }
    return undefined;
  }

  get shown(): number {
    let shown = 0;
    for (const account of this.accounts.values()) shown += account.shownCount;
    return shown;
  }
}
