import type { AckFrame, PushFrame, ResumePoint, StreamInfo, StreamName } from '../../wire.js';

/** What the device knows of one stream. */
interface Line {
  epoch: string;
  /** Highest `seq` kept, or passed over. */
  last: number;
  /** How far this connection has come; undefined while the stream is not followed on it. */
  at?: number;
  /** Acknowledged. */
  signed: number;
  /** Something came again: the acknowledgement was lost. */
  owing: boolean;
}

/** Where a device stands in its streams: what it keeps, drops, resumes with and acknowledges. It outlives its links. */
export class SeenStreams {
  private readonly lines = new Map<StreamName, Line>();

  /** Every stream known so far. `signed`: where the last acknowledgement left it, else where the device is. */
  resume(from: 'last' | 'signed'): Record<StreamName, ResumePoint> | undefined {
    if (this.lines.size === 0) return undefined;
    const known = [...this.lines].filter(([, line]) => line.at !== undefined);
    return Object.fromEntries(known.map(([name, line]) => [name, { epoch: line.epoch, seq: line[from] }]));
  }

  begin(streams: Readonly<Record<StreamName, StreamInfo>>): void {
    for (const line of this.lines.values()) line.at = undefined;
    for (const [name, info] of Object.entries(streams)) this.place(name, info);
  }

  place(name: StreamName, { epoch, from }: StreamInfo): void {
    const known = this.lines.get(name);
    if (known?.epoch === epoch) {
      known.at = from;
      known.last = Math.max(known.last, from);
      known.signed = Math.max(known.signed, from);
    } else this.lines.set(name, { epoch, last: from, at: from, signed: from, owing: false });
  }

  leave(name: StreamName): void {
    const line = this.lines.get(name);
    if (line) line.at = undefined;
  }

  /** Whether it is new to the device. What was seen is dropped; what comes too early is dropped unacknowledged. */
  isNews({ s, seq }: Pick<PushFrame, 's' | 'seq'>): boolean {
    return this.pass(s, seq, seq);
  }

  /** A range with nothing in it for the device; true where that is news. */
  pass(name: StreamName, from: number, to: number): boolean {
    const line = this.lines.get(name);
    if (line?.at === undefined || from > line.at + 1) return false;
    if (to <= line.at) line.owing = true;
    else line.at = to;
    if (to <= line.last) return false;
    line.last = to;
    return true;
  }

  /** What is to be acknowledged now; it counts as said. */
  acknowledgements(): readonly AckFrame[] {
    const frames: AckFrame[] = [];
    for (const [name, line] of this.lines) {
      if (line.at === undefined || (line.at <= line.signed && !line.owing)) continue;
      line.signed = Math.max(line.signed, line.at);
      line.owing = false;
      frames.push({ op: 'ack', s: name, seq: line.at });
    }
    return frames;
  }
}
