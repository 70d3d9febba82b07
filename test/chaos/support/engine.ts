import type { AddressInfo } from 'node:net';
import { createJwtTokens } from 'nest-push';
import { createTypeOrmStore } from 'nest-push/typeorm';
import { createMemoryStore, createPush, type Limits } from 'push-core';
import { attachMqtt } from 'push-core/mqtt';
import { createSocketIoServer } from 'push-core/socketio';
import { attachWebSocket } from 'push-core/websocket';
import { countCalls, type Calls } from './counted-store.js';
import { httpDoor } from './http-door.js';
import { sabotaged, type StoreSabotage } from './sabotaged-store.js';
import { watchLinks, type LinkWatch } from './watched-push.js';

export interface EngineOptions {
  /** Of the SQLite file; without: in memory. */
  file?: string;
  limits?: Partial<Limits>;
  sabotage?: StoreSabotage;
}

export interface Ending {
  user: string;
  device: string;
  connection: string;
  code: number;
}

const TENANT = 't';

/** The engine with every door open, and what the judges want to know of it. */
export async function startEngine(options: EngineOptions) {
  const calls: Calls = { of: {}, reads: {} };
  const watch: LinkWatch = { mostBuffered: {} };
  const ends: Ending[] = [];
  const troubles: string[] = [];
  const secret = new Uint8Array(32).fill(7);
  const tokens = createJwtTokens({ secretOf: async () => secret });
  const store =
    options.file === undefined ? createMemoryStore() : createTypeOrmStore({ url: `sqlite:${options.file}` });
  const push = createPush({
    store: sabotaged(countCalls(store, calls), options.sabotage),
    authenticator: tokens,
    limits: options.limits,
  });
  push.on('disconnected', ({ user, device, connection, code }) => ends.push({ user, device, connection, code }));
  push.on('trouble', ({ during, error }) => troubles.push(`${during}: ${String(error)}`));
  await push.start();
  const watched = watchLinks(push, watch);
  const http = httpDoor(watched);
  const webSocket = attachWebSocket(http, watched);
  const socketIo = await createSocketIoServer(http, watched);
  const mqtt = await attachMqtt(watched, { port: 0 });
  await new Promise<void>((resolve) => http.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, resolve));
  return {
    push,
    calls,
    watch,
    ends,
    troubles,
    port: (http.address() as AddressInfo).port,
    mqttPort: mqtt.port,
    tenant: TENANT,
    token: async (user: string) => (await tokens.issue(TENANT, { user })).token,
    async close() {
      await push.drain();
      await Promise.all([webSocket.close(), socketIo.close(), mqtt.close()]);
      await push.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

export type Engine = Awaited<ReturnType<typeof startEngine>>;
