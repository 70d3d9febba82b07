import { streamNamed } from '../../model/stream.js';
import type { ClientFrame, GapFrame, PushFrame, ServerFrame, SkipFrame } from '../../wire.js';
import { isWanted, type Ledger } from './ledger.js';
import type { Who } from './account.js';
import type { Rule } from './report.js';
import { isChurning } from './world.js';

interface Line {
  /** Everything up to here was sent or passed over. */
  at: number;
  acked: number;
  /** Pushes after `acked`, each once. */
  readonly outstanding: Set<number>;
}

const DEFAULT_WINDOW = 256;

/** Reads along at the server's end of one link, before anything can happen to a frame. */
export class ConnectionWatch {
  private readonly lines = new Map<string, Line>();
  private window = DEFAULT_WINDOW;

  constructor(
    private readonly who: Who,
    private readonly ledger: Ledger,
    /** What time the server may take it for. */
    private readonly clockRange: () => readonly [earliest: number, latest: number],
    private readonly report: (rule: Rule, text: string) => void,
  ) {}

  received(frame: ClientFrame): void {
    if (frame.op === 'connect') this.window = frame.window ?? DEFAULT_WINDOW;
    if (frame.op !== 'ack') return;
    const line = this.lines.get(frame.s);
    if (!line || frame.seq <= line.acked) return;
    line.acked = frame.seq;
    for (const seq of line.outstanding) if (seq <= frame.seq) line.outstanding.delete(seq);
  }

  sent(frame: ServerFrame): void {
    switch (frame.op) {
      case 'connected':
        for (const [name, { from }] of Object.entries(frame.streams)) this.begin(name, from);
        return;
      case 'followed':
        return this.begin(frame.s, frame.from);
      case 'ok':
        if (frame.s === undefined) return;
        if (frame.from === undefined) this.lines.delete(frame.s);
        else this.begin(frame.s, frame.from);
        return;
      case 'unfollowed':
        this.lines.delete(frame.s);
        return;
      case 'push':
        return this.pushed(frame);
      case 'skip':
        return this.skipped(frame);
      case 'gap':
        return this.gap(frame);
      default:
    }
  }

  private begin(name: string, from: number): void {
    this.lines.set(name, { at: from, acked: from, outstanding: new Set() });
  }

  private pushed({ s, seq, id }: PushFrame): void {
    const line = this.line(s, seq);
    if (!line) return;
    const { tenant, user, device } = this.who;
    const stream = streamNamed(s, user);
    const slot = this.ledger.slot(tenant, stream, seq);
    if (slot?.id !== id) {
      const elsewhere =
        this.ledger.slot(tenant, stream, seq - 1)?.id === id || this.ledger.slot(tenant, stream, seq + 1)?.id === id;
      return this.broken(elsewhere ? 'out-of-order' : 'unexpected', `${s} ${seq} was sent as ${id}, it is ${slot?.id}`);
    }
    if (!isWanted(slot.attempt.input.to, stream, user, device))
      this.broken('unexpected', `${s} ${seq} is not for this device`);
    const [earliest] = this.clockRange();
    if (slot.expiresAt <= earliest)
      this.broken('expired-sent', `${s} ${seq} expired ${earliest - slot.expiresAt} ms ago`);
    line.at = Math.max(line.at, seq);
    if (seq <= line.acked) return;
    line.outstanding.add(seq);
    if (line.outstanding.size > this.window)
      this.broken('window', `${s} ${seq}: ${line.outstanding.size} outstanding, window ${this.window}`);
  }

  private skipped({ s, from, to, reason }: SkipFrame): void {
    const line = this.line(s, from);
    if (!line) return;
    const { tenant, user, device } = this.who;
    const [, latest] = this.clockRange();
    // What came before a subscription is not for the device either; only the server knows when it began.
    for (let seq = from; seq <= to; seq++) {
      if (!isChurning(s) && !this.ledger.nothingFor(tenant, streamNamed(s, user), seq, user, device, latest)) {
        return this.broken(
          'false-skip',
          `${s} ${seq} was skipped (${reason}, ${from}–${to}) and is for this device: ${JSON.stringify(this.ledger.slot(tenant, streamNamed(s, user), seq))}`,
        );
      }
      line.outstanding.delete(seq);
    }
    line.at = Math.max(line.at, to);
  }

  private gap({ s, from, to }: GapFrame): void {
    const line = this.line(s, from);
    if (!line) return;
    const first = this.ledger.first(this.who.tenant, streamNamed(s, this.who.user));
    if (to >= first) return this.broken('false-gap', `${s} ${from}–${to} was given up, ${first} is kept`);
    for (let seq = from; seq <= to; seq++) line.outstanding.delete(seq);
    line.at = Math.max(line.at, to);
  }

  private line(name: string, from: number): Line | undefined {
    const line = this.lines.get(name);
    if (!line) this.broken('hole', `${name} ${from} was sent to a device that was not told where it begins`);
    else if (from > line.at + 1) this.broken('hole', `${name} ${from} was sent after ${line.at}`);
    return line;
  }

  private broken(rule: Rule, text: string): void {
    const { tenant, user, device } = this.who;
    this.report(rule, `${tenant}/${user}/${device}: ${text}`);
  }
}
