import { once } from 'node:events';
import { MemoryCursors, PushClient, type PushFrame } from 'push-client';
import { nodeSocket } from 'push-client/node';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { GuideProcess } from './support/guide-process.js';

/** What the guides say under "See it work", done with their own code. */

interface Said {
  readonly text: string;
}
/** A device as the guide's client side has it: what it is shown, in order. */
interface Visitor {
  readonly shown: readonly string[];
  next(count: number): Promise<void>;
  /** Resolves when the server knows that it is gone. */
  leave(): Promise<void>;
}

const open: { close(): unknown }[] = [];
let server: GuideProcess;
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await server.remove();
});

class Shown {
  readonly texts: string[] = [];
  private changed: () => void = () => undefined;
  add(text: string): void {
    this.texts.push(text);
    this.changed();
  }
  async reach(count: number): Promise<void> {
    while (this.texts.length < count) await new Promise<void>((resolve) => (this.changed = resolve));
  }
}

/** `visit` comes in as bob; `say` says something as ann, and resolves when that is acknowledged. */
async function survives(
  page: string,
  visit: (port: number) => Promise<Visitor>,
  say: (port: number, text: string) => Promise<void>,
): Promise<void> {
  server = await GuideProcess.of(page);
  await server.start();
  const before = await visit(server.port);
  await say(server.port, 'Hello');
  await before.next(1);
  await before.leave();
  await say(server.port, 'Are you there?');
  await server.kill();
  await server.start();
  const after = await visit(server.port);
  await say(server.port, 'The end');
  await after.next(2);
  expect([before.shown, after.shown]).toEqual([['Hello'], ['Are you there?', 'The end']]);
}

it('docs/guides/existing-backend-socketio.md: what was said before kill -9 arrives after it, once', async () => {
  const socketOf = async (port: number, user: string): Promise<Socket> => {
    const auth = { token: `${user}-secret`, device: `${user}-1` };
    const socket = io(`http://127.0.0.1:${port}`, { auth, transports: ['websocket'], forceNew: true });
    open.push(socket);
    await once(socket as never, 'connect');
    await socket.emitWithAck('chat.join', 'lobby');
    return socket;
  };
  const seen = new Set<string>();
  const visit = async (port: number): Promise<Visitor> => {
    const shown = new Shown();
    const socket = await socketOf(port, 'bob');
    let acknowledged: Promise<unknown> = Promise.resolve();
    socket.on('push', ({ id, s, seq, data }: PushFrame, acknowledge: () => void) => {
      acknowledge();
      // Its answer says that the acknowledgement before it has arrived.
      acknowledged = socket.emitWithAck('push.read', { s, seq }).catch(() => undefined);
      if (!seen.has(id)) shown.add((data as Said).text);
      seen.add(id);
    });
    return {
      shown: shown.texts,
      next: (count) => shown.reach(count),
      leave: async () => {
        await acknowledged;
        socket.close();
      },
    };
  };
  await survives('docs/guides/existing-backend-socketio.md', visit, async (port, text) => {
    const socket = await socketOf(port, 'ann');
    expect(await socket.emitWithAck('chat.send', { room: 'lobby', text })).toMatchObject({ from: 'ann', text });
    socket.close();
  });
}, 120_000);

it('docs/guides/existing-backend-ws.md: what was said before kill -9 arrives after it, once', async () => {
  // In place of the browser's localStorage.
  const cursors = new MemoryCursors();
  const visit = async (port: number): Promise<Visitor> => {
    const shown = new Shown();
    const url = `ws://127.0.0.1:${port}/v1/push`;
    const client = new PushClient({ url, token: 'bob-secret', device: 'bob-1', cursors, socket: nodeSocket() });
    open.push(client);
    client.on('message', ({ data }) => shown.add((data as Said).text));
    await client.connect();
    return { shown: shown.texts, next: (count) => shown.reach(count), leave: () => client.close() };
  };
  await survives('docs/guides/existing-backend-ws.md', visit, async (port, text) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { headers: { cookie: 'token=ann-secret' } });
    open.push(socket);
    await once(socket, 'open');
    socket.send(JSON.stringify({ event: 'chat.send', data: { room: 'lobby', text } }));
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(JSON.parse(answer.toString())).toMatchObject({ event: 'chat.sent', data: { from: 'ann', text } });
    socket.close();
  });
}, 120_000);
