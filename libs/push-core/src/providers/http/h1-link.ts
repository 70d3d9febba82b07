import { Agent, request as sendRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../clock/clock.js';
import { AnswerBody, plainHeaders } from './answer-body.js';
import type { Link, LinkEvents } from './link.js';
import type { Pending } from './pending.js';

/** Kept so long without a request: most servers close theirs sooner or later without a word, and a request that meets that is lost. */
const IDLE_MS = 4000;

/** An agent that has this one socket and no other. */
class OneSocketAgent extends Agent {
  constructor(private readonly socket: Socket) {
    super({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });
  }

  /** Node asks once; it would ask again only where the socket has gone. */
  override createConnection(): Socket {
    return this.socket;
  }
}

/** One HTTP/1.1 connection: one request at a time, kept open in between, closed on anything irregular. */
export class H1Link implements Link {
  idleSince: number;
  private readonly agent: OneSocketAgent;
  private leaving = false;
  private closed = false;
  private pending?: Pending;
  private idle?: Timer;

  constructor(
    private readonly origin: string,
    private readonly socket: Socket,
    private readonly clock: Clock,
    private readonly events: LinkEvents,
  ) {
    this.idleSince = clock.elapsed();
    this.agent = new OneSocketAgent(socket);
    socket.on('close', () => this.end());
    if (socket.destroyed) this.clock.soon(() => this.end());
    this.rest();
  }

  get busy(): number {
    return this.pending ? 1 : 0;
  }

  get usable(): boolean {
    return !this.leaving && !this.closed && !this.socket.destroyed && this.socket.writable;
  }

  get room(): number {
    return this.usable && !this.pending ? 1 : 0;
  }

  send(pending: Pending): void {
    this.idle?.cancel();
    this.pending = pending;
    const url = new URL(this.origin);
    const { request } = pending;
    const sending = sendRequest({
      agent: this.agent,
      host: url.hostname,
      method: request.method,
      path: pending.path,
      headers: { host: url.host, ...request.headers },
    });
    let answer: { readonly message: IncomingMessage; readonly body: AnswerBody } | undefined;
    const settle = (truncated: boolean): void => {
      if (!answer) return pending.settle({ kind: 'unknown', reason: 'connection_lost' });
      pending.settle({
        kind: 'answered',
        status: answer.message.statusCode as number,
        headers: plainHeaders(answer.message.headers),
        body: answer.body.text(),
        truncated,
      });
    };
    pending.expire = () => {
      if (answer) settle(true);
      else pending.settle({ kind: 'unknown', reason: 'deadline' });
      this.drop(sending);
    };
    sending.on('response', (message) => {
      const body = new AnswerBody(pending.maxBodyBytes);
      answer = { message, body };
      message.on('data', (chunk: Buffer) => {
        if (body.add(chunk)) return;
        settle(true);
        this.drop(sending);
      });
      message.on('error', () => {});
    });
    sending.on('error', () => {});
    sending.on('close', () => {
      const whole = answer?.message.complete === true;
      // The agent takes the socket back in the next tick; told before that, the caller's next request would open another.
      this.clock.soon(() => {
        settle(!whole);
        this.freed(whole);
      });
    });
    sending.end(request.body);
  }

  retire(): void {
    this.leaving = true;
    if (!this.pending) this.socket.destroy();
  }

  private drop(sending: ClientRequest): void {
    this.leaving = true;
    sending.destroy();
    this.socket.destroy();
  }

  private freed(whole: boolean): void {
    this.pending = undefined;
    this.idleSince = this.clock.elapsed();
    if (this.leaving || !whole) this.socket.destroy();
    else this.rest();
    if (!this.closed) this.events.freed();
  }

  private rest(): void {
    this.idle?.cancel();
    this.idle = this.clock.after(IDLE_MS, () => this.retire());
  }

  private end(): void {
    if (this.closed) return;
    this.closed = true;
    this.leaving = true;
    this.idle?.cancel();
    this.agent.destroy();
    this.events.gone();
  }
}
