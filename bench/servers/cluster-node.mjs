// One node of a cluster: nest-push's engine on a shared database and broker, behind a plain HTTP server.
// Arguments: the node's name, the database's URL, the broker's URL (empty: none) and the prefix of its names there.
import { createServer } from 'node:http';
import { createPush } from '../../libs/push-core/dist/esm/index.js';
import { attachWebSocket } from '../../libs/push-core/dist/esm/transports/websocket/index.js';
import { measureStore } from '../../libs/nest-push/dist/esm/metrics/index.js';
import { createRabbit } from '../../libs/nest-push/dist/esm/rabbitmq/index.js';
import { createTypeOrmStore } from '../../libs/nest-push/dist/esm/typeorm/index.js';
import { answer, pause } from '../lib/answers.mjs';
import { FIRST, nowMicros, payload } from '../lib/payload.mjs';

const TENANT = 'bench';
const PATH = '/v1/ws';
/** What is handed to the engine at once, at a steady rate. */
const BEAT_MS = 5;
/** From one user to the next; prime, so that each has its turn. */
const STEP = 7919;
const [node, database, broker, prefix] = process.argv.slice(2);
const trouble = [];
const fail = (error) => trouble.push(String(error?.stack ?? error));

const store = measureStore(createTypeOrmStore({ url: database }, { connections: 4 }));
const rabbit = broker ? createRabbit({ url: broker, prefix, startup: 'wait' }) : undefined;
const bus = rabbit && counted(rabbit.bus);
const push = createPush({
  node,
  store,
  bus,
  authenticator: {
    authenticate: async (token) => ({ kind: 'valid', identity: { tenant: TENANT, user: token } }),
  },
});
push.on('trouble', ({ during, error }) => fail(`${during}: ${error?.stack ?? error}`));
const http = createServer();
let acknowledged = 0;
push.on('delivered', ({ from, to }) => (acknowledged += to - from + 1));
let n = 0;

/** The bus, with what is asked of it counted. */
function counted(inner) {
  const counts = { calls: 0, hints: 0 };
  const count = (hints) => {
    counts.calls++;
    counts.hints += hints.length;
  };
  return {
    counts,
    open: (life) => inner.open(life),
    send: (to, hints) => (count(hints), inner.send(to, hints)),
    broadcast: (hints) => (count(hints), inner.broadcast(hints)),
    onHints: (receive) => inner.onHints(receive),
    status: () => inner.status(),
    close: () => inner.close(),
  };
}

answer({
  async listen() {
    await push.start();
    attachWebSocket(http, push, { path: PATH });
    await new Promise((resolve) => http.listen(0, '127.0.0.1', 4096, resolve));
    return { port: http.address().port, path: PATH };
  },

  async subscribe({ topic, users }) {
    for (let from = 0; from < users; from += 1000) {
      const some = Array.from({ length: Math.min(1000, users - from) }, (_, i) => `u${from + i}`);
      await push.subscribe(TENANT, topic, some);
    }
  },

  /** Publishes to users whose index is `own` modulo `nodes`, one after the other in great steps, `rate` a second. Answers when all are accepted. */
  async steady({ rate, seconds, users, nodes, own }) {
    const mine = Array.from({ length: Math.ceil((users - own) / nodes) }, (_, i) => own + i * nodes);
    const total = Math.round(rate * seconds);
    const startedAt = nowMicros();
    const accepting = new Set();
    let sent = 0;
    let worstMicros = 0;
    const micros = [];
    while (sent < total) {
      const due = Math.min(total, Math.floor(((nowMicros() - startedAt) * rate) / 1e6));
      for (; sent < due; sent++) {
        const user = `u${mine[(n * STEP) % mine.length]}`;
        const began = nowMicros();
        const accepted = push
          .publish(TENANT, { to: { users: [user] }, type: 'bench', data: payload(FIRST + (n++ % 8_000_000)) })
          .then(() => {
            const took = nowMicros() - began;
            worstMicros = Math.max(worstMicros, took);
            if (n % 16 === 0) micros.push(took);
          }, fail)
          .finally(() => accepting.delete(accepted));
        accepting.add(accepted);
      }
      await pause(BEAT_MS);
    }
    const tookMicros = nowMicros() - startedAt;
    await Promise.all(accepting);
    if (trouble.length > 0) throw new Error(`${trouble.length} failures, the first: ${trouble[0]}`);
    micros.sort((a, b) => a - b);
    return {
      sent,
      tookMicros,
      worstMicros,
      acceptP50: micros[micros.length >> 1],
      acceptP99: micros[Math.floor(micros.length * 0.99)],
    };
  },

  /** To everybody subscribed; answers when it was handed over. */
  async topic({ topic, messages }) {
    const startedAt = nowMicros();
    for (let i = 0; i < messages; i++) {
      await push.publish(TENANT, { to: { topics: [topic] }, type: 'bench', data: payload(FIRST + n++) });
    }
    return { startedAt };
  },

  counts: () => ({
    acknowledged,
    connections: push.status().connections,
    cpu: process.cpuUsage(),
    rss: process.memoryUsage().rss,
    bus: bus?.counts,
    broker: rabbit?.status().hints,
    store: Object.fromEntries(
      [...store.timings].map(([name, { counts, sum }]) => [
        name,
        { calls: counts.reduce((a, b) => a + b, 0), seconds: sum },
      ]),
    ),
    trouble: trouble.slice(0, 3),
  }),

  async stop() {
    await push.close();
    await rabbit?.close();
  },
});
