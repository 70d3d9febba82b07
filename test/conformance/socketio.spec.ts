import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSocketIoServer } from 'push-core/socketio';
import { transportConformance, type TransportClient, type TransportHarness } from 'push-core/testing';
import { socketIoClient, type SocketIoClientOptions } from './support/socket-io-client.js';

const harness = (acknowledgesBy: SocketIoClientOptions['acknowledgesBy']): TransportHarness => ({
  traits: {
    name: 'socketio',
    acknowledges: acknowledgesBy === 'callback' ? 'each' : 'cumulative',
    resends: 'in place',
    remembers: true,
    window: true,
    carries: ['skip', 'gap', 'recall', 'read', 'signal'],
    goodbye: 'when to return',
  },
  async open(push) {
    const server = createServer();
    const own = await createSocketIoServer(server, push);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const clients = new Set<TransportClient>();
    return {
      async connect(options) {
        const client = socketIoClient({ ...options, url: `http://127.0.0.1:${port}/push`, acknowledgesBy });
        clients.add(client);
        return client;
      },
      async close() {
        for (const client of clients) client.drop();
        await own.close();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
});

describe('acknowledging by callback', () => {
  transportConformance({ describe, it, beforeEach, afterEach, expect }, () => harness('callback'));
});
describe('acknowledging by event', () => {
  transportConformance({ describe, it, beforeEach, afterEach, expect }, () => harness('event'));
});
