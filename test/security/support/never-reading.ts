import { eventually } from '../../support/eventually.js';
import { RawClient } from '../../support/raw-client.js';
import { ServerProcess } from '../../support/server.js';
import { clientFrame, RawSocket, upgradeRequest } from './raw-socket.js';

const MB = 1024 * 1024;
const MESSAGE_BYTES = 48 * 1024;
/** What the kernels of both sides take of a client that reads nothing, and the engine's own part, is less. */
const BYTES_EACH = 5 * MB;

export interface NeverReadingReport {
  /** What the process grew by at most, from when all were connected. Bytes. */
  grownBytes: number;
  /** Who is still connected of those that stalled first, and of those that stalled later. */
  earlyLeft: number;
  lateLeft: number;
  early: number;
  /** `push_dropped_total{reason="buffered"}` */
  closedForRoom: number;
  readerSent: number;
  readerGot: number;
  isRunning: boolean;
  output: string;
}

export interface ComingBackReport {
  isRunning: boolean;
  /** Why a newcomer was not served; empty when it was. */
  problem: string;
  output: string;
}

/** Devices that all come back at once to much that waits for them, and take none of it, on a heap of 256 MB. */
export async function comingBackToMuch(devices: number, entries: number): Promise<ComingBackReport> {
  const server = await ServerProcess.start({ env: { NODE_OPTIONS: '--max-old-space-size=256' } });
  const sockets: RawSocket[] = [];
  const hasEntry = ({ received }: RawSocket): boolean => received.includes('{"op":"push"');
  let problem = '';
  try {
    const users = Array.from({ length: devices }, (_, n) => `back-${n}`);
    for (let n = 0; n < entries; n++) {
      const data = `${n} `.padEnd(MESSAGE_BYTES, 'x');
      await server.call('POST', '/v1/messages', { body: { to: { users }, type: 't', data } });
    }
    const tokens: string[] = [];
    for (const user of users) tokens.push(await server.token(user));
    for (const token of tokens) {
      const connect = { op: 'connect', token, device: 'd1', window: 1024, resume: { '@me': 'start' } };
      const socket = await RawSocket.say(server.port, upgradeRequest(), clientFrame(JSON.stringify(connect)));
      // Stalls at the first entry: reading all of them would try this process, not the server.
      socket.tcp.on('data', () => hasEntry(socket) && socket.tcp.pause());
      sockets.push(socket);
    }
    await eventually(() => sockets.every((socket) => hasEntry(socket) || socket.isEnded) || !server.isRunning, 60_000);
    const token = await server.token('reader');
    const { client } = await RawClient.connect(server.socketUrl, { token, device: 'd1' });
    await server.publish('reader', 'still served');
    await client.pushes(1, '@me', 60_000);
    client.drop();
  } catch (error) {
    problem = String(error);
  }
  const { isRunning, output } = server;
  for (const socket of sockets) socket.drop();
  await server.remove();
  return { isRunning, problem, output };
}

/** Clients that connect and then take nothing from their sockets, on a server with 256 MB of heap, beside one that reads. */
export async function neverReading(clients: number, bufferedBytes: number): Promise<NeverReadingReport> {
  const server = await ServerProcess.start({
    env: {
      NODE_OPTIONS: '--max-old-space-size=256',
      PUSH_LIMIT_BUFFERED_BYTES: String(bufferedBytes),
      PUSH_LIMIT_HOT_BYTES: String(8 * MB),
      // Only the budget may close them.
      PUSH_LIMIT_SLOW_CONSUMER_MS: '600000',
      PUSH_LIMIT_RETRANSMIT_AFTER_MS: '600000',
      PUSH_LIMIT_HEARTBEAT_MS: '600000',
    },
  });
  const sockets: RawSocket[] = [];
  let reader: RawClient | undefined;
  try {
    const users = Array.from({ length: clients }, (_, n) => `slow-${n}`);
    for (const user of users) {
      const connect = { op: 'connect', token: await server.token(user), device: 'd1', window: 1024 };
      const socket = await RawSocket.say(server.port, upgradeRequest(), clientFrame(JSON.stringify(connect)));
      await socket.until(({ objects }) => objects.some(({ op }) => op === 'connected'));
      socket.tcp.pause();
      sockets.push(socket);
    }
    const token = await server.token('reader');
    reader = (await RawClient.connect(server.socketUrl, { token, device: 'd1' }, { acknowledge: true })).client;

    const before = server.residentBytes();
    let most = before;
    let readerSent = 0;
    const rounds = Math.ceil(BYTES_EACH / MESSAGE_BYTES);
    const flood = async (some: readonly string[]): Promise<void> => {
      for (let round = 0; round < rounds && server.isRunning; round++) {
        // One message, but a frame of its own for each stream.
        const data = `${round} `.padEnd(MESSAGE_BYTES, 'x');
        await server.call('POST', '/v1/messages', { body: { to: { users: some }, type: 't', data } });
        if (round % 8 === 0) {
          await server.publish('reader', readerSent);
          readerSent += 1;
        }
        most = Math.max(most, server.residentBytes());
      }
    };
    const half = users.length / 2;
    const [early, late] = [users.slice(0, half), users.slice(half)];
    await flood(early);
    await flood(late);
    const { client } = { client: reader };
    await eventually(() => client.received().length === readerSent || !server.isRunning, 20_000);

    const left = async (some: readonly string[]): Promise<number> => {
      const { body } = await server.call('POST', '/v1/presence', { body: { users: some } });
      return (body as { users: { online: boolean }[] }).users.filter(({ online }) => online).length;
    };
    // It is looked after once a second.
    let closedForRoom = 0;
    await eventually(async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      closedForRoom = Number(/push_dropped_total\{[^}]*reason="buffered"[^}]*\} (\d+)/.exec(metrics)?.[1] ?? 0);
      return closedForRoom > 0;
    }).catch(() => undefined);
    return {
      grownBytes: most - before,
      early: early.length,
      earlyLeft: await left(early),
      lateLeft: await left(late),
      closedForRoom,
      readerSent,
      readerGot: client.received().length,
      isRunning: server.isRunning,
      output: server.output,
    };
  } finally {
    for (const socket of sockets) socket.drop();
    reader?.drop();
    await server.remove();
  }
}
