/** Where Socket.IO looks up what to call when an acknowledgement arrives. */
export interface AckSlots {
  set(id: number, acknowledged: () => void): unknown;
  delete(id: number): unknown;
}

interface Outstanding {
  readonly seq: number;
  id: number;
  acked: boolean;
}

interface StreamAcks {
  /** Ascending; what lies before `first` is signed for. */
  sent: Outstanding[];
  first: number;
  /** Highest `seq` sent or accounted for. */
  last: number;
  /** All up to here is acknowledged. */
  signed: number;
  told: number;
}

const COMPACT_AT = 256;

/**
 * Socket.IO acknowledges packet by packet and in any order, the protocol cumulatively: this keeps, for each stream, which
 * entries wait, and signs for the highest `seq` with everything before it acknowledged or accounted for.
 */
export class AckLedger {
  private readonly streams = new Map<string, StreamAcks>();

  /** `moved` is called whenever more can be signed for. */
  constructor(
    private readonly slots: AckSlots,
    private readonly moved: () => void,
  ) {}

  /** An entry leaves. `signed`: the client has acknowledged it already, it need not be sent again. */
  push(s: string, seq: number, id: number): 'waits' | 'signed' {
    const stream = this.stream(s);
    let entry: Outstanding | undefined;
    if (seq > stream.last) {
      entry = { seq, id, acked: false };
      stream.sent.push(entry);
      stream.last = seq;
    } else {
      entry = find(stream, seq);
      if (!entry || entry.acked) return 'signed';
      if (entry.id !== id) this.slots.delete(entry.id);
      entry.id = id;
    }
    const waiting = entry;
    this.slots.set(id, () => {
      this.slots.delete(waiting.id);
      if (waiting.acked) return;
      waiting.acked = true;
      this.advance(stream);
    });
    return 'waits';
  }

  /** There is nothing for the client in this range. */
  account(s: string, from: number, to: number): void {
    const stream = this.stream(s);
    for (let i = stream.first; from <= stream.last && i < stream.sent.length; i++) {
      const entry = stream.sent[i] as Outstanding;
      if (entry.seq >= from && entry.seq <= to) this.sign(entry);
    }
    if (to > stream.last) {
      stream.sent.push({ seq: to, id: 0, acked: true });
      stream.last = to;
    }
    this.advance(stream);
  }

  /** The client signed for everything up to `seq` by itself. */
  cover(s: string, seq: number): void {
    const stream = this.streams.get(s);
    if (!stream) return;
    for (let i = stream.first; i < stream.sent.length; i++) {
      const entry = stream.sent[i] as Outstanding;
      if (entry.seq > seq) break;
      this.sign(entry);
    }
    stream.told = Math.max(stream.told, Math.min(seq, stream.last));
    this.advance(stream);
  }

  /** The stream begins anew, or is left: what was sent of it before counts no more. */
  forget(s: string): void {
    for (const entry of this.streams.get(s)?.sent ?? []) if (!entry.acked) this.slots.delete(entry.id);
    this.streams.delete(s);
  }

  /** What can be signed for and was not yet, as a text of `ack` frames; empty when there is nothing. */
  takeAcks(): string {
    let text = '';
    for (const [s, stream] of this.streams) {
      if (stream.signed <= stream.told) continue;
      stream.told = stream.signed;
      text += `${text === '' ? '' : '\n'}{"op":"ack","s":${JSON.stringify(s)},"seq":${stream.signed}}`;
    }
    return text;
  }

  clear(): void {
    for (const s of [...this.streams.keys()]) this.forget(s);
  }

  private sign(entry: Outstanding): void {
    if (entry.acked) return;
    entry.acked = true;
    this.slots.delete(entry.id);
  }

  private advance(stream: StreamAcks): void {
    const { sent } = stream;
    while (sent[stream.first]?.acked) stream.signed = (sent[stream.first++] as Outstanding).seq;
    if (stream.first === sent.length) stream.first = sent.length = 0;
    else if (stream.first >= COMPACT_AT) {
      sent.splice(0, stream.first);
      stream.first = 0;
    }
    if (stream.signed > stream.told) this.moved();
  }

  private stream(s: string): StreamAcks {
    let stream = this.streams.get(s);
    if (!stream) this.streams.set(s, (stream = { sent: [], first: 0, last: 0, signed: 0, told: 0 }));
    return stream;
  }
}

function find({ sent, first }: StreamAcks, seq: number): Outstanding | undefined {
  let low = first;
  let high = sent.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const entry = sent[middle] as Outstanding;
    if (entry.seq === seq) return entry;
    if (entry.seq < seq) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}
