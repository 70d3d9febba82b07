import type { ByeFrame, Position, ServerFrame, StreamName } from 'push-core/wire';
import type { Ending } from 'push-core/testing';

/** What a client of the JSON protocol keeps of what it was told, whatever brings it the text. */
export class FrameReader {
  readonly frames: ServerFrame[] = [];
  readonly ended: Promise<Ending>;
  private end!: (ending: Ending) => void;

  constructor() {
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  /** One or more whole frames, a JSON object a line. */
  take(text: string): void {
    for (const line of text.split('\n')) if (line !== '') this.frames.push(JSON.parse(line) as ServerFrame);
  }

  /** The link is gone. What `bye` said counts more than what the socket says. */
  gone(otherwise: Ending = {}): void {
    const bye = this.frames.find((frame): frame is ByeFrame => frame.op === 'bye');
    this.end(bye ? { reconnect: bye.reconnect, afterMs: bye.afterMs } : otherwise);
  }

  /** For `resume`: the end of what came without a hole, of each stream. */
  position(): Record<StreamName, Position> {
    const places: Record<StreamName, Position> = {};
    const begin = (s: StreamName, { epoch, from }: { epoch: string; from: number }) =>
      (places[s] = { epoch, seq: from });
    for (const frame of this.frames) {
      switch (frame.op) {
        case 'connected':
          for (const [s, info] of Object.entries(frame.streams)) begin(s, info);
          break;
        case 'followed':
          begin(frame.s, frame);
          break;
        case 'push':
          this.reach(places[frame.s], frame.seq);
          break;
        case 'skip':
        case 'gap':
          this.reach(places[frame.s], frame.to);
          break;
        default:
      }
    }
    return places;
  }

  private reach(place: Position | undefined, seq: number): void {
    if (place && seq > place.seq) place.seq = seq;
  }
}
