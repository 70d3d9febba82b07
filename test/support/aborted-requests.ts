import { connect } from 'node:net';
import { dice } from './dice.js';
import { eventually } from './eventually.js';
import type { HttpHost } from './http-host.js';

const AT_ONCE = 40;
const USERS = 20;

/** What was seen of them, so that a run in which nothing was ever answered does not pass for a good one. */
export interface Aborted {
  beforeAnswer: number;
  midStream: number;
}

/** Requests for streams and polls whose clients leave at a random moment, while messages are published. */
export async function abortRequests(host: HttpHost, count: number, seed: number): Promise<Aborted> {
  const random = dice(seed);
  const tokens = await Promise.all(Array.from({ length: USERS }, (_, i) => host.token(`u${i}`)));
  const seen: Aborted = { beforeAnswer: 0, midStream: 0 };
  let next = 0;
  let done = false;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const i = next++;
      const what = random() < 0.5 ? 'sse?' : `poll?waitMs=${Math.floor(random() * 2000)}&`;
      const request = `GET /v1/${what}device=d${i % 7} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens[i % USERS]}\r\n\r\n`;
      const moment = random();
      // Half a request, a whole one, some that are pipelined; left at once, after a moment, or with the first bytes.
      const text = moment < 0.1 ? request.slice(0, request.length / 2) : moment < 0.2 ? request.repeat(3) : request;
      await leave(host.port, text, moment < 0.6 ? random() * 8 : undefined, random() < 0.5, seen);
    }
  };
  const publishing = (async () => {
    for (let i = 0; !done; i++) {
      await host.push.publish('default', { to: { users: [`u${i % USERS}`] }, type: 'x', data: 'x'.repeat(2000) });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  done = true;
  await publishing;
  return seen;
}

/** Nothing of them is left. */
export async function expectNothingLeft(host: HttpHost, timersBefore: number): Promise<void> {
  await eventually(() => host.push.status().connections === 0);
  await eventually(async () => (await host.sockets()) === 0);
  await eventually(() => host.clock.timers <= timersBefore);
}

function leave(port: number, text: string, afterMs: number | undefined, rudely: boolean, seen: Aborted): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answered = false;
    const go = () => (rudely ? socket.resetAndDestroy() : socket.destroy());
    if (afterMs !== undefined) setTimeout(go, afterMs);
    const late = setTimeout(go, 3000);
    socket.on('data', () => {
      answered = true;
      if (afterMs === undefined) go();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(late);
      seen[answered ? 'midStream' : 'beforeAnswer']++;
      resolve();
    });
  });
}
