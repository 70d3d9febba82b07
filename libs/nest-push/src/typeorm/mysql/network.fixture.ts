import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

type Direction = 'up' | 'down';

/** The way to the server, which can be cut, closed, and made to swallow what travels on it. */
export class Network {
  private readonly links = new Set<Link>();
  private server?: Server;
  port = 0;

  constructor(private readonly target: number) {}

  get connections(): number {
    return this.links.size;
  }

  /** On the same port as before. */
  async open(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => {
      const link = new Link(client, connect({ port: this.target, host: '127.0.0.1', allowHalfOpen: true }), () =>
        this.links.delete(link),
      );
      this.links.add(link);
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Every connection is reset, new ones are refused. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)));
    this.server = undefined;
    for (const link of [...this.links]) link.cut();
    await closed;
  }

  /** What travels on the connections there are arrives nowhere, their ends neither. New ones work. */
  swallow(directions: readonly Direction[] = ['up', 'down']): void {
    for (const link of this.links) for (const direction of directions) link.swallowed.add(direction);
  }
}

class Link {
  readonly swallowed = new Set<Direction>();

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly gone: () => void,
  ) {
    this.pass(client, server, 'up');
    this.pass(server, client, 'down');
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }

  private pass(from: Socket, to: Socket, direction: Direction): void {
    from.setNoDelay(true);
    from.on('error', () => undefined);
    from.on('data', (bytes) => this.swallowed.has(direction) || to.write(bytes));
    from.on('end', () => this.swallowed.has(direction) || to.end());
    from.on('close', () => {
      if (!this.swallowed.has(direction)) to.destroy();
      if (this.client.destroyed && this.server.destroyed) this.gone();
    });
  }
}
