import type { ConnectedFrame, FollowedFrame, Position, Recovery, StreamName } from '../../wire.js';
import { encodeCursor } from '../cursor/cursor.js';
import type { FrameLine } from '../http/frame-line.js';
import { NoticeList } from './notice-list.js';

const WORST_FIRST: readonly Recovery[] = ['reset', 'gap', 'complete'];

/** What one poll is answered: entries as they are on every transport, and the cursor that covers exactly them. */
export class PollBatch {
  private readonly entries: string[] = [];
  private readonly events: string[] = [];
  /** Where the device was in each stream at the beginning. */
  private readonly begins = new Map<StreamName, Position>();
  /** Where it is once it has the answer: streams that moved. */
  private readonly moved = new Map<StreamName, Position>();
  private readonly notices: NoticeList;
  private recovery: Recovery = 'complete';
  private full = false;
  /** As JSON text. */
  private streams?: string;
  /** There is something in it that is not waited with until the time is up. */
  hasNews = false;
  characters = 0;

  constructor(
    private readonly limit: number,
    /** Notices the client's cursor holds. */
    told: ReadonlySet<string>,
    /** The client came without a cursor: it is told where its streams begin. */
    private readonly isFirst: boolean,
  ) {
    this.notices = new NoticeList(told);
  }

  /** Whether entries, or what stands for them, are on their way. */
  begin({ streams }: Pick<ConnectedFrame, 'streams'>): boolean {
    if (this.isFirst) this.streams = JSON.stringify(streams);
    let onTheirWay = false;
    for (const [name, { epoch, from, head, recovery }] of Object.entries(streams)) {
      this.begins.set(name, { epoch, seq: from });
      if (head > from) onTheirWay = true;
      if (WORST_FIRST.indexOf(recovery) < WORST_FIRST.indexOf(this.recovery)) this.recovery = recovery;
    }
    // The client has to forget a position: it should not hear of it half a minute late.
    if (this.recovery === 'reset' && !onTheirWay) this.hasNews = true;
    return onTheirWay;
  }

  add(line: FrameLine): void {
    switch (line.op) {
      case 'push':
      case 'gap':
      case 'skip':
        return this.addEntry(line);
      case 'recall':
      case 'read':
        if (!this.notices.isNews(line.text)) return;
        return this.addEvent(line, !this.notices.overflows);
      case 'followed': {
        const { s, epoch, from } = JSON.parse(line.text) as FollowedFrame;
        this.moved.delete(s);
        this.begins.set(s, { epoch, seq: from });
        return this.addEvent(line, true);
      }
      case 'error':
        // The same at every connect, while a topic that was followed once is no longer allowed.
        return this.addEvent(line, false);
      default:
        return this.addEvent(line, true);
    }
  }

  json(): string {
    // Streams that moved first: they are the ones that must be in it, the others are stored.
    const positions = [...this.moved, ...[...this.begins].filter(([name]) => !this.moved.has(name))];
    return this.text(this.entries, encodeCursor(positions, this.notices.digests), this.events);
  }

  /** The answer that changes nothing. */
  nothing(after: string | undefined): string {
    return this.text([], after ?? encodeCursor(this.begins), []);
  }

  /** Past the limit nothing more is taken: it is not in the cursor, and comes with the next poll. */
  private addEntry({ op, text, moves }: FrameLine): void {
    this.full ||= op === 'push' && this.entries.length === this.limit;
    const epoch = moves && this.begins.get(moves.stream)?.epoch;
    if (this.full || moves === undefined || epoch === undefined) return;
    this.moved.set(moves.stream, { epoch, seq: moves.to });
    if (op !== 'push') return this.addEvent({ op, text }, true);
    this.entries.push(text);
    this.characters += text.length;
    this.hasNews = true;
  }

  private addEvent({ text }: FrameLine, isNews: boolean): void {
    this.events.push(text);
    this.characters += text.length;
    this.hasNews ||= isNews;
  }

  private text(entries: readonly string[], cursor: string, events: readonly string[]): string {
    const more = events.length === 0 ? '' : `,"events":[${events.join(',')}]`;
    const streams = this.streams === undefined ? '' : `,"streams":${this.streams}`;
    return `{"entries":[${entries.join(',')}],"cursor":"${cursor}","recovery":"${this.recovery}"${streams}${more}}`;
  }
}
