import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { systemClock } from '../../clock/system-clock.js';
import type { PushError } from '../../errors.js';
import { SharedFrame } from '../shared-frame.js';
import type { Arrival, Link, LinkHandler } from '../transport.js';

/** Takes links, writes down what they report, and leaves it to the spec what to send on them. */
export class FakeEngine {
  readonly links: { readonly link: Link; readonly arrival?: Arrival; readonly told: string[] }[] = [];
  readonly frames = new Map<string, SharedFrame>();

  accept(link: Link, arrival?: Arrival): LinkHandler {
    const told: string[] = [];
    this.links.push({ link, arrival, told });
    return {
      received: (text) => told.push(`received ${text}`),
      alive: () => told.push('alive'),
      drained: () => told.push('drained'),
      violated: ({ code }) => told.push(`violated ${code}`),
      closed: () => told.push('closed'),
    };
  }
  addressOf({ socket }: IncomingMessage): string | undefined {
    return socket.remoteAddress;
  }

  get newest() {
    return this.links.at(-1)!;
  }
}

export const frame = (...objects: readonly object[]): SharedFrame =>
  new SharedFrame(objects.map((one) => JSON.stringify(one)).join('\n'));
export const push = (s: string, seq: number, more: object = {}) => ({
  op: 'push',
  s,
  seq,
  id: `i${seq}`,
  type: 'x',
  ...more,
  at: 1,
});
export const connected = (streams: Record<string, object> = { '@me': {} }): SharedFrame =>
  frame({
    op: 'connected',
    connection: 'c',
    node: 'n',
    heartbeatMs: 25_000,
    streams: Object.fromEntries(
      Object.entries(streams).map(([name, info]) => [
        name,
        { epoch: 'e1', head: 0, from: 0, recovery: 'complete', ...info },
      ]),
    ),
  });

export type Serve = (engine: FakeEngine, request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers with what is tried, and what happens to it. */
export class Stage {
  readonly engine = new FakeEngine();
  readonly refused: PushError[] = [];
  private readonly server: Server;
  private readonly sockets: Socket[] = [];

  constructor(serve: (stage: Stage, request: IncomingMessage, response: ServerResponse) => void) {
    this.server = createServer((request, response) => serve(this, request, response));
  }

  async open(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  refusal(response: ServerResponse): (error: PushError) => void {
    return (error) => {
      this.refused.push(error);
      response.statusCode = error.status;
      response.end(error.code);
    };
  }

  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  }
  async untilConnections(count: number): Promise<void> {
    for (let turns = 0; (await this.connections()) !== count; turns++) {
      if (turns > 20_000) throw new Error(`never ${count} connections`);
      await new Promise<void>((resolve) => systemClock.soon(resolve));
    }
  }

  /** A client of bytes. */
  async client(text: string): Promise<Client> {
    const socket = connect(this.port, '127.0.0.1');
    this.sockets.push(socket);
    await once(socket, 'connect');
    socket.write(text);
    return new Client(socket);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

export class Client {
  text = '';
  ended = false;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.ended = true));
  }

  /** What came after the headers. */
  get body(): string {
    return this.text.slice(this.text.indexOf('\r\n\r\n') + 4);
  }
}

/** Asks until it is so. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns++) {
    if (turns > 20_000) throw new Error(`never so: ${holds.toString()}`);
    await new Promise<void>((resolve) => systemClock.soon(resolve));
  }
}
