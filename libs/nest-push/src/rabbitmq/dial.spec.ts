import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { brokerAddresses } from './broker-address.js';
import { BROKER_URL, BrokerSite } from './broker.fixture.js';
import { dialer } from './dial.js';

const failure = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'connected',
    (error: unknown) => inspect(error),
  );

/** Something that listens, and is no broker. */
class Impostor {
  readonly server: Server;
  readonly sockets: Socket[] = [];
  constructor(meet: (socket: Socket) => void) {
    this.server = createServer((socket) => {
      this.sockets.push(socket);
      socket.on('error', () => undefined);
      meet(socket);
    });
  }
  async url(scheme = 'amqp'): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `${scheme}://ann:secret@127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }
  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

describe('dialling', () => {
  let impostor: Impostor;
  let ending: AbortController;
  beforeEach(() => void (ending = new AbortController()));
  afterEach(() => impostor?.close());

  const dial = (url: string, attempt = 0) => dialer(brokerAddresses(url), 5)(attempt, 'test', ending.signal);

  it('ends, with the socket, when it is aborted over a broker that says nothing', async () => {
    impostor = new Impostor((socket) => socket.once('data', () => ending.abort()));
    const said = await failure(dial(await impostor.url()));
    expect(said).toMatch(/BROKER_UNAVAILABLE|The operation was aborted/);
    const [socket] = impostor.sockets;
    if (!socket?.destroyed) await once(socket as Socket, 'close');
    expect(socket?.destroyed).toBe(true);
  });

  it('ends the socket of a connection there is when it is aborted, without a goodbye', async () => {
    const site = await BrokerSite.open();
    await site.close();
    const { connection, address } = await dial(BROKER_URL);
    expect(address).toBe('amqp://guest@127.0.0.1:5672/');
    connection.on('error', () => undefined);
    const closed = new Promise<unknown>((resolve) => connection.on('close', resolve));
    ending.abort();
    await closed;
  });

  it.each<[string, (socket: Socket) => void]>([
    ['hangs up', (socket) => void socket.destroy()],
    ['talks nonsense', (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['wants another version', (socket) => void socket.end('AMQP\0\x01\0\0')],
  ])('says which broker it was when that %s, and no password', async (_, meet) => {
    impostor = new Impostor(meet);
    const url = await impostor.url();
    const said = await failure(dial(url));
    expect(said).toContain(`amqp://ann@127.0.0.1:${new URL(url).port}/`);
    expect(said).not.toContain('secret');
  });

  it('says that nobody listens', async () => {
    impostor = new Impostor(() => undefined);
    const url = await impostor.url();
    impostor.close();
    expect(await failure(dial(url))).toMatch(/ann@127\.0\.0\.1:\d+\/: connect ECONNREFUSED/);
  });

  it('says that the broker refuses the password, and not which', async () => {
    const said = await failure(dial(BROKER_URL.replace('guest:guest', 'guest:dwarf-42')));
    expect(said).toMatch(/ACCESS.REFUSED/);
    expect(said).not.toContain('dwarf-42');
  });

  it('tries the nodes of a cluster in turn', async () => {
    impostor = new Impostor((socket) => void socket.destroy());
    const both = `${await impostor.url()},${BROKER_URL}`;
    expect(await failure(dial(both, 0))).toContain('ann@127.0.0.1');
    const { connection } = await dial(both, 1);
    await connection.close();
    expect(await failure(dial(both, 2))).toContain('ann@127.0.0.1');
  });

  it('speaks TLS to amqps', async () => {
    const hello = new Promise<Buffer>((resolve) => {
      impostor = new Impostor((socket) => void socket.once('data', resolve));
    });
    const dialled = failure(dial(await impostor.url('amqps')));
    // A TLS record that begins a handshake.
    expect((await hello).subarray(0, 2)).toEqual(Buffer.from([0x16, 0x03]));
    ending.abort();
    expect(await dialled).not.toBe('connected');
  });
});
