// nest-push's engine behind a plain HTTP server. Arguments: `memory` or `sqlite:<file>`; the transport, default `websocket`.
// A token is the user's id, as with the peers: verifying signatures is not what is measured here.
import { createServer } from 'node:http';
import { createMemoryStore, createPush } from '../../libs/push-core/dist/esm/index.js';
import { attachWebSocket } from '../../libs/push-core/dist/esm/transports/websocket/index.js';
import { attachMqtt } from '../../libs/push-core/dist/esm/transports/mqtt/index.js';
import { createSocketIoServer } from '../../libs/push-core/dist/esm/transports/socketio/index.js';
import { serveSse } from '../../libs/push-core/dist/esm/transports/http/index.js';
import { serve, userIndex } from './serve.mjs';

const TENANT = 'bench';
const TOPIC = 'bench';
const PATH = '/v1/ws';
const TRANSPORT = process.argv[3] ?? 'websocket';
const store = await openStore(process.argv[2] ?? 'memory');

async function openStore(kind) {
  if (kind === 'memory') return createMemoryStore();
  const { createTypeOrmStore } = await import('../../libs/nest-push/dist/esm/typeorm/index.js');
  return createTypeOrmStore({ url: kind });
}

/** Each returns where it listens, where that is not the HTTP server. */
const attach = {
  websocket: (push, http) => void attachWebSocket(http, push, { path: PATH }),
  async socketio(push, http) {
    await createSocketIoServer(http, push, { transports: ['websocket'] });
    return { path: '/socket.io/?EIO=4&transport=websocket' };
  },
  async mqtt(push) {
    const { port } = await attachMqtt(push, { port: 0 });
    return { port };
  },
  sse(push, http) {
    http.on('request', (request, response) => {
      const user = new URL(request.url, 'http://bench').searchParams.get('token');
      serveSse(push, request, response, {
        identity: { tenant: TENANT, user },
        device: 'd1',
        refuse: (error) => response.writeHead(error.status).end(),
      });
    });
    return { path: '/sse' };
  },
};

serve(({ acknowledged, fail }) => {
  const push = createPush({
    store,
    authenticator: {
      authenticate: async (token) =>
        userIndex(token) === undefined
          ? { kind: 'invalid' }
          : { kind: 'valid', identity: { tenant: TENANT, user: token } },
    },
  });
  const http = createServer();
  let pending = 0;
  let done = () => {};
  push.on('delivered', ({ stream, from, to }) => {
    if (stream !== TOPIC) return acknowledged(to - from + 1);
    pending -= to - from + 1;
    if (pending === 0) done();
  });
  push.on('trouble', ({ during, error }) => fail(`${during}: ${error?.stack ?? error}`));
  const toTopic = Object.freeze({ topics: [TOPIC] });
  return {
    async listen({ subscribers = 0 }) {
      await push.start();
      const own = await attach[TRANSPORT](push, http);
      for (let from = 0; from < subscribers; from += 1000) {
        const users = Array.from({ length: Math.min(1000, subscribers - from) }, (_, i) => `u${from + i}`);
        await push.subscribe(TENANT, TOPIC, users);
      }
      await new Promise((resolve) => http.listen(0, '127.0.0.1', 4096, resolve));
      return { port: http.address().port, path: PATH, ...own };
    },
    connections: () => push.status().connections,
    toTopic: (payload) => void push.publish(TENANT, { to: toTopic, type: 'bench', data: payload }).catch(fail),
    toUser: (index, payload) =>
      void push.publish(TENANT, { to: { users: [`u${index}`] }, type: 'bench', data: payload }).catch(fail),
    // Over SSE acknowledgements come with the next request: there the generator says when all has arrived.
    topicAcknowledged:
      TRANSPORT === 'sse'
        ? undefined
        : (total) =>
            new Promise((resolve) => {
              pending += total;
              done = () => resolve(Number(process.hrtime.bigint() / 1000n));
            }),
  };
});
