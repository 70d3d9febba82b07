import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A wire between a client and the server. Once it is dead nothing comes through any more, and nobody is told: no end, no reset. */
export class Relay {
  private readonly ends = new Set<Socket>();
  private isDead = false;

  private constructor(
    private readonly to: number,
    private readonly server = createServer((client) => this.join(client)),
  ) {}

  static async to(port: number): Promise<Relay> {
    const relay = new Relay(port);
    await new Promise<void>((resolve) => relay.server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on it swallows what either side sends. */
  die(): void {
    this.isDead = true;
  }

  close(): Promise<void> {
    for (const end of this.ends) end.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private join(client: Socket): void {
    const server = connect(this.to, '127.0.0.1');
    this.carry(client, server);
    this.carry(server, client);
  }

  private carry(from: Socket, to: Socket): void {
    this.ends.add(from);
    from.on('data', (bytes) => {
      if (!this.isDead) to.write(bytes);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.ends.delete(from);
      if (!this.isDead) to.destroy();
    });
  }
}
