import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { toPushError } from 'push-core';
import { adoptSocketIo } from 'push-core/adopt';
import { transportConformance, type TransportClient, type TransportHarness } from 'push-core/testing';
import { socketIoClient } from './support/socket-io-client.js';

/** A host that has a Socket.IO server and a middleware of its own. */
const harness: TransportHarness = {
  traits: {
    name: 'socketio',
    acknowledges: 'each',
    resends: 'in place',
    remembers: true,
    window: true,
    carries: ['skip', 'gap', 'recall', 'read', 'signal'],
    goodbye: 'when to return',
  },
  async open(push) {
    const server = createServer();
    const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false });
    const chat = io.of('/chat').use((socket, next) => {
      const { token, device } = socket.handshake.auth as { token: string; device: string };
      push.identify({ token }, device).then(
        (guest) => {
          (socket.data as { guest: unknown }).guest = guest;
          next();
        },
        (thrown: unknown) => {
          const { code, retryable } = toPushError(thrown);
          next(Object.assign(new Error(code), { data: { code, retryable } }));
        },
      );
    });
    chat.on('connection', (socket) => {
      const { guest } = socket.data as { guest: Awaited<ReturnType<typeof push.identify>> };
      const { resume, window } = socket.handshake.auth;
      adoptSocketIo(push, socket, guest.identity, { device: guest.device, resume, window });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const clients = new Set<TransportClient>();
    return {
      async connect(options) {
        const url = `http://127.0.0.1:${port}/chat`;
        const client = socketIoClient({ ...options, url, prefix: 'push.', acknowledgesBy: 'callback' });
        clients.add(client);
        return client;
      },
      async close() {
        for (const client of clients) client.drop();
        server.closeAllConnections();
        await io.close();
      },
    };
  },
};

describe('an adopted Socket.IO socket', () => {
  transportConformance({ describe, it, beforeEach, afterEach, expect }, () => harness);
});
