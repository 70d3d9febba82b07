import type { ClientFrame, ServerFrame } from 'push-core/wire';
import type { Clock, Timer } from './clock.js';
import { BROKEN, type LinkEnd } from './close-plan.js';
import { decode } from './decode.js';
import { PushClientError, isPushClientError } from './errors.js';
import { Liveness } from './liveness.js';
import type { Hello, TransportName, Wire, WirePorts } from './transports/wire.js';

export interface LinkPorts {
  clock: Clock;
  /** From opening to the server's `connected`, milliseconds. */
  connectWaitMs: number;
  wire(ports: WirePorts): Wire;
  frame(link: Link, frame: ServerFrame): void;
  /** Everything that came at once was told. */
  settled(): void;
  isCrowded(): boolean;
  report(error: PushClientError): void;
  /** Told once. With a `fatal` error there is no point in another attempt. */
  ended(link: Link, end: LinkEnd, fatal?: PushClientError): void;
}

/**
 * One connection, used once.
 *
 * - *opening*: the wire is being made and introduces itself.
 * - *greeting*: waits for `connected`, at most `connectWaitMs` since the beginning.
 * - *up*: `connected` came; liveness watches.
 * - *over*: told once through `ended`; whatever the wire says later is not heard.
 */
export class Link {
  private isOver = false;
  private greeting: Timer;
  private readonly wire: Wire;
  private readonly liveness: Liveness;

  constructor(private readonly ports: LinkPorts) {
    this.liveness = new Liveness({
      clock: ports.clock,
      ping: () => this.send([{ op: 'ping' }]),
      dead: () => this.end(BROKEN, 'no heartbeat'),
    });
    this.wire = ports.wire({
      opened: () => undefined,
      frames: (items) => this.receive(items),
      isCrowded: () => ports.isCrowded(),
      bad: (problem) => this.report(problem),
      failed: (message, cause) => this.fail(message, cause),
      ended: (end) => this.over(end),
    });
  }

  get transport(): TransportName {
    return this.wire.transport;
  }

  async open(hello: Hello): Promise<void> {
    const { connectWaitMs } = this.ports;
    this.greeting = this.ports.clock.setTimeout(() => this.end(BROKEN, 'no answer to connect'), connectWaitMs);
    try {
      await this.wire.open(hello);
    } catch (error) {
      if (isPushClientError(error)) this.over({ code: 1006, reason: error.message }, error);
      else this.fail('the connection could not be made', error);
    }
  }

  send(frames: readonly ClientFrame[]): void {
    if (!this.isOver) this.wire.send(frames);
  }

  flush(): Promise<void> {
    return this.wire.flush();
  }

  /** Ends the link from this side. */
  end(code: number, reason: string): void {
    this.over({ code, reason });
  }

  private receive(items: readonly unknown[]): void {
    this.liveness.heard();
    for (const item of items) {
      if (item !== '' && !this.isOver) this.take(item);
    }
    this.ports.settled();
  }

  private take(item: unknown): void {
    const decoded = decode(item);
    if (decoded.kind === 'bad') this.report(decoded.problem);
    if (decoded.kind !== 'frame') return;
    const { frame } = decoded;
    if (frame.op === 'connected') {
      this.ports.clock.clearTimeout(this.greeting);
      this.liveness.start(frame.heartbeatMs);
    }
    this.ports.frame(this, frame);
    if (frame.op === 'bye') this.over({ code: frame.code, reason: frame.reason ?? '', bye: frame });
  }

  private fail(message: string, cause: unknown): void {
    if (this.isOver) return;
    this.ports.report(new PushClientError('CLIENT_CONNECT_FAILED', message, cause));
    this.over({ code: 1006, reason: message });
  }

  private report(problem: string): void {
    this.liveness.heard();
    this.ports.report(new PushClientError('CLIENT_BAD_FRAME', `the server sent ${problem}; ignored`));
  }

  private over(end: LinkEnd, fatal?: PushClientError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.ports.clock.clearTimeout(this.greeting);
    this.liveness.stop();
    this.wire.close(end.code, end.reason);
    this.ports.ended(this, end, fatal);
  }
}
