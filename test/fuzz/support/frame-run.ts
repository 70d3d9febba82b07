import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryStore, createPush } from 'push-core';
import { attachWebSocket } from 'push-core/websocket';
import { eventually } from '../../support/eventually.js';
import { RawClient } from '../../support/raw-client.js';
import { clientFrame, RawSocket, upgradeRequest } from '../../security/support/raw-socket.js';
import { FrameMutator } from './mutate-frames.js';

/** A user for each of those at work at the same time: nobody replaces anybody. */
const connect = (slot: number): Buffer => clientFrame(`{"op":"connect","token":"fuzz${slot}","device":"d1"}`);
const FRAMES_EACH = 25;
const AT_ONCE = 8;

export interface FrameRunReport {
  frames: number;
  /** Errors nobody caught. */
  faults: string[];
  /** Links that were neither answered nor closed with a code. */
  silent: string[];
  /** Close codes, and how often; `none` where the client went first. */
  closed: Record<string, number>;
  /** Errors, pongs and oks. */
  answered: number;
  /** The longest the event loop of the server, which is the client's as well, was busy with one delivery of bytes. */
  slowestMs: number;
  /** A well-behaved client was served to the end. */
  isServing: boolean;
}

/** Writes mutated frames to a live engine: as bytes of TCP, or as texts of good frames. */
export async function frameRun(seed: number, frames: number, as: 'bytes' | 'texts'): Promise<FrameRunReport> {
  const report: FrameRunReport = {
    frames: 0,
    faults: [],
    silent: [],
    closed: {},
    answered: 0,
    slowestMs: 0,
    isServing: false,
  };
  const fault = (error: unknown): void => void report.faults.push(String((error as Error)?.stack ?? error));
  process.on('uncaughtException', fault);
  process.on('unhandledRejection', fault);

  const push = createPush({
    store: createMemoryStore({ epoch: 'e1' }),
    authenticator: {
      authenticate: async (token) =>
        token.startsWith('fuzz') || token === 'good'
          ? { kind: 'valid', identity: { tenant: 't', user: token, topics: ['news', 'n.*'] } }
          : { kind: 'invalid' },
    },
    limits: { framesPerSecond: 1_000_000, userFramesPerSecond: 10_000_000 },
  });
  await push.start();
  push.on('trouble', ({ during, error }) => fault(`trouble during ${during}: ${String(error)}`));
  const server = createServer();
  const door = attachWebSocket(server, push, { closeTimeoutMs: 50 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // What handles the bytes of a socket runs in its `data` event: that is what one chunk costs.
  server.on('connection', (socket) => {
    const emit = socket.emit.bind(socket);
    socket.emit = ((name: string, ...rest: unknown[]) => {
      if (name !== 'data') return emit(name, ...rest);
      const begin = performance.now();
      const outcome = emit(name, ...rest);
      report.slowestMs = Math.max(report.slowestMs, performance.now() - begin);
      return outcome;
    }) as typeof socket.emit;
  });
  const { port } = server.address() as AddressInfo;
  const good = await RawClient.connect(`ws://127.0.0.1:${port}/v1/ws`, { token: 'good', device: 'd1' });

  const link = async (slot: number, mutator: FrameMutator, name: string): Promise<void> => {
    const connects = mutator.chance(0.8);
    const socket = await RawSocket.say(port, upgradeRequest(), ...(connects ? [connect(slot)] : []));
    await socket.until(({ frames: got, status, isEnded }) => isEnded || (connects ? got.length > 0 : status === 101));
    for (let at = 0; at < FRAMES_EACH && !socket.isEnded && socket.closeCode === undefined; at++) {
      report.frames += 1;
      const bytes = as === 'bytes' ? mutator.frame() : clientFrame(mutator.text());
      for (const chunk of mutator.chunks(bytes)) socket.tcp.write(chunk);
      if (mutator.chance(0.5)) await new Promise((resolve) => setImmediate(resolve));
    }
    // Whatever was half said, the end of the bytes ends the link; a sound one answers first.
    socket.tcp.write(clientFrame('{"op":"ping"}'));
    socket.tcp.end();
    await socket.ended(10_000).catch(() => report.silent.push(name));
    const code = socket.closeCode ?? 'none';
    report.closed[code] = (report.closed[code] ?? 0) + 1;
    report.answered += socket.objects.filter(({ op }) => op === 'error' || op === 'pong' || op === 'ok').length;
  };

  try {
    for (let round = 0; report.frames < frames && report.faults.length === 0 && report.silent.length === 0; round++) {
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, at) => {
          const own = seed + round * AT_ONCE + at;
          return link(at, new FrameMutator(own), `seed ${own}`);
        }),
      );
    }
    await push.publish('t', { to: { users: ['good'] }, type: 'x', data: 'still served' });
    await good.client.pushes(1);
    good.client.ack(1);
    await good.client.settled();
    report.isServing = true;
    good.client.drop();
    await eventually(() => push.status().connections === 0);
  } finally {
    await push.close();
    await door.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    process.off('uncaughtException', fault);
    process.off('unhandledRejection', fault);
  }
  return report;
}
