import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy in front of the database, which can stop listening, passing on and answering. */
export class Proxy {
  private readonly sockets = new Set<Socket>();
  private readonly clients = new Set<Promise<unknown>>();
  private server?: Server;
  private deaf = false;
  private lost?: string;
  private port = 0;

  constructor(private readonly target: URL) {}

  /** The database behind this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async listen(): Promise<void> {
    this.server = createServer({ allowHalfOpen: true }, (client) => this.join(client));
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Connections are cut, and none is taken. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => (this.server?.listening ? this.server.close(resolve) : resolve(0)));
    this.cut();
    await closed;
  }

  /** Resolves when every client so far has hung up. */
  async abandoned(): Promise<void> {
    await Promise.all(this.clients);
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Both sides believe in their connections, but nothing arrives; new ones neither. */
  silence(): void {
    this.deaf = true;
  }

  /** For new connections; what was swallowed is lost. */
  hear(): void {
    this.deaf = false;
    this.lost = undefined;
  }

  /** The server's next answer with this in it is swallowed, and what it says from then on. */
  lose(answer: string): void {
    this.lost = answer;
  }

  private join(client: Socket): void {
    const server = connect(Number(this.target.port || 5432), this.target.hostname);
    let mute = this.deaf;
    this.clients.add(new Promise((resolve) => client.once('close', resolve)));
    client.on('data', (bytes) => {
      mute ||= this.deaf;
      if (!mute) server.write(bytes);
    });
    server.on('data', (bytes) => {
      mute ||= this.deaf || (this.lost !== undefined && bytes.includes(this.lost));
      if (!mute) client.write(bytes);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => {});
      one.on('end', () => {
        if (mute || this.deaf) poke(one);
        else other.end();
      });
      one.on('close', () => {
        this.sockets.delete(one);
        if (!mute && !this.deaf) other.destroy();
      });
    }
  }
}

/**
 * Tells a side that has hung up from one that has only said so: what is sent to the former breaks the connection. For
 * PostgreSQL's clients this is the beginning of a long notice.
 */
function poke(socket: Socket): void {
  const timer = setInterval(() => socket.write('N'), 50);
  socket.once('close', () => clearInterval(timer));
}

const SSL_REQUEST = 80877103;

/** Something that looks like PostgreSQL up to the password, and refuses every one. It does not speak TLS. */
export async function refusingServer(): Promise<{ port: number; asked: () => number; close: () => Promise<void> }> {
  let asked = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let greeted = false;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      if (!greeted && bytes.readInt32BE(4) === SSL_REQUEST) return void socket.write('N');
      if (!greeted) {
        greeted = true;
        return void socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
      }
      asked++;
      const fields = 'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "me"\0\0';
      const head = Buffer.alloc(5, 'E');
      head.writeInt32BE(4 + fields.length, 1);
      socket.end(Buffer.concat([head, Buffer.from(fields)]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, asked: () => asked, close };
}
