import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { PushClient } from '../push-client.js';
import { nodeSocket } from './node-socket.js';

describe('node socket', () => {
  let server: WebSocketServer;
  let url: string;

  beforeEach(async () => {
    server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      handleProtocols: (offered) => [...offered][0] ?? false,
    });
    await once(server, 'listening');
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/ws`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('carries a client over a real socket: connect, push, acknowledge, close', async () => {
    const heard: string[] = [];
    const isAcked = new Promise<void>((resolve) => {
      server.on('connection', (socket: WebSocket) => {
        heard.push(socket.protocol);
        socket.on('message', (data: Buffer) => {
          for (const line of data.toString().split('\n')) {
            const frame = JSON.parse(line) as { op: string; token?: string; seq?: number };
            heard.push(`${frame.op} ${frame.token ?? frame.seq}`);
            if (frame.op === 'ack') resolve();
            if (frame.op !== 'connect') continue;
            const streams = { '@me': { epoch: 'e1', head: 1, from: 0, recovery: 'complete' } };
            socket.send(JSON.stringify({ op: 'connected', connection: 'c', node: 'n', heartbeatMs: 25_000, streams }));
            socket.send(JSON.stringify({ op: 'push', s: '@me', seq: 1, id: 'm1', type: 't', at: 1 }));
          }
        });
      });
    });
    const client = new PushClient({ url, token: 'jwt', device: 'd1', ackDelayMs: 1, socket: nodeSocket() });
    const shown: string[] = [];
    client.on('message', ({ id }) => void shown.push(id));
    await client.connect();
    await isAcked;
    await client.close();
    expect(shown).toEqual(['m1']);
    expect(heard).toEqual(['push.v1.json', 'connect jwt', 'ack 1']);
  });

  it('a refused connection is an attempt that failed, not a crash', async () => {
    await new Promise((resolve) => server.close(resolve));
    const client = new PushClient({ url, token: 'jwt', device: 'd1', socket: nodeSocket() });
    const end = new Promise((resolve) => client.on('disconnected', resolve));
    void client.connect();
    expect(await end).toMatchObject({ code: 1006, wasConnected: false, reconnect: true });
    await client.close();
  });

  it('closing while the socket is still opening is not a crash', async () => {
    const client = new PushClient({ url, token: 'jwt', device: 'd1', socket: nodeSocket() });
    const connecting = client.connect();
    await new Promise((resolve) => setImmediate(resolve));
    await client.close();
    await expect(connecting).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
  });

  it('takes a WebSocket class that is passed in', async () => {
    const made: unknown[][] = [];
    class Passed {
      onopen = null;
      onmessage = null;
      onclose = null;
      onerror = null;
      constructor(...args: unknown[]) {
        made.push(args);
      }
      send(): void {}
      close(): void {}
    }
    await nodeSocket({ WebSocket: Passed, ws: { headers: { a: 'b' } } })('ws://x', 'p');
    expect(made).toEqual([['ws://x', 'p', expect.objectContaining({ perMessageDeflate: false, headers: { a: 'b' } })]]);
  });
});
