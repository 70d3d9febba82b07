// A node with providers: nest-push's engine on SQLite, its provider a fake in another process. argv: the database.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createPush } from '../../libs/push-core/dist/esm/index.js';
import { apns, offlineOver } from '../../libs/push-core/dist/esm/providers/index.js';
import { attachWebSocket } from '../../libs/push-core/dist/esm/transports/websocket/index.js';
import { createTypeOrmStore } from '../../libs/nest-push/dist/esm/typeorm/index.js';
import { answer, pause } from '../lib/answers.mjs';
import { FIRST, nowMicros, payload } from '../lib/payload.mjs';

const TENANT = 'bench';
const PATH = '/v1/ws';
const BEAT_MS = 5;
const [url] = process.argv.slice(2);
const trouble = [];
const inspector = new Session();
const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
let push;
let mostRss = 0;
let n = 0;
setInterval(() => (mostRss = Math.max(mostRss, process.memoryUsage().rss)), 50).unref();

answer({
  async listen({ ca, credentials }) {
    push = createPush({
      store: createTypeOrmStore({ url }),
      authenticator: { authenticate: async (token) => ({ kind: 'valid', identity: { tenant: TENANT, user: token } }) },
      offline: offlineOver([apns], { allow: ['127.0.0.0/8', '::1/128'], pool: { ca } }),
    });
    push.on('trouble', ({ during, error }) => trouble.push(`${during}: ${error?.stack ?? error}`));
    await push.start();
    await push.notifications.putProvider(TENANT, 'apns', credentials);
    const http = createServer();
    attachWebSocket(http, push, { path: PATH });
    await new Promise((resolve) => http.listen(0, '127.0.0.1', 4096, resolve));
    return { port: http.address().port, path: PATH };
  },

  /** Phones that are not connected. */
  async register({ from, count }) {
    const one = async (i) => {
      const token = (i + 1).toString(16).padStart(8, '0').repeat(8);
      const name = { tenant: TENANT, user: `away${i}`, device: 'phone' };
      await push.putDevice(name, { platform: 'ios', tokens: [{ provider: 'apns', token }] });
    };
    const numbers = Array.from({ length: count }, (_, i) => from + i);
    for (let at = 0; at < count; at += 500) await Promise.all(numbers.slice(at, at + 500).map(one));
    for (let at = 0; at < count; at += 1000)
      await push.subscribe(
        TENANT,
        'all',
        numbers.slice(at, at + 1000).map((i) => `away${i}`),
      );
  },

  /** To users with a connection, one after the other. */
  async steady({ rate, seconds, users }) {
    const startedAt = nowMicros();
    const total = rate * seconds;
    const accepting = [];
    for (let sent = 0; sent < total;) {
      const due = Math.min(total, Math.floor(((nowMicros() - startedAt) * rate) / 1e6));
      for (; sent < due; sent++) {
        const data = payload(FIRST + (n++ % 8_000_000));
        accepting.push(push.publish(TENANT, { to: { users: [`u${n % users}`] }, type: 'bench', data }));
      }
      await pause(BEAT_MS);
    }
    await Promise.all(accepting);
    return { sent: total };
  },

  async toAll({ count, to }) {
    mostRss = process.memoryUsage().rss;
    const { id } = await push.publish(TENANT, {
      to: to === 'topic' ? { topics: ['all'] } : { users: Array.from({ length: count }, (_, i) => `away${i}`) },
      type: 'chat.message',
      notification: { title: 'Ann', body: 'Hi!' },
    });
    return { id, rss: mostRss };
  },

  async progress({ id }) {
    const { counts, notifying, fanOut } = await push.message(TENANT, id);
    return { counts, notifying, fanOut, mostRss, trouble: trouble.slice(0, 3) };
  },
  /** How late the event loop was since it was asked last, in milliseconds. */
  loop() {
    const late = { p99: loop.percentile(99) / 1e6, worst: loop.max / 1e6 };
    loop.reset();
    return late;
  },

  /** Begins to look at where the time goes; with a file, ends and writes it. */
  async profile({ file }) {
    if (!file) {
      inspector.connect();
      await inspector.post('Profiler.enable');
      return inspector.post('Profiler.start');
    }
    const { profile } = await inspector.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
  },

  memory() {
    globalThis.gc?.();
    mostRss = process.memoryUsage().rss;
    return { rss: mostRss };
  },
});
