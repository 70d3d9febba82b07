import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { toPushError, type Push } from 'push-core';
import { adoptWebSocket } from 'push-core/adopt';
import {
  transportConformance,
  type ConnectOptions,
  type TransportClient,
  type TransportHarness,
} from 'push-core/testing';
import type { ResumePoint } from 'push-core/wire';
import { FrameReader } from './support/frame-reader.js';

type Envelope = 'plain' | 'event';
interface Hello extends Omit<ConnectOptions, 'resume'> {
  resume?: Record<string, ResumePoint>;
}

/** A host that has a WebSocket server of its own and knows its users before it hands a socket over. */
async function welcome(push: Push, socket: WebSocket, request: IncomingMessage, envelope: Envelope): Promise<void> {
  const { token, device, ...connect } = JSON.parse(
    new URL(request.url ?? '/', 'http://localhost').searchParams.get('hello') ?? '{}',
  ) as Hello;
  socket.on('error', () => undefined);
  try {
    const { identity } = await push.identify({ token }, device);
    adoptWebSocket(push, socket, identity, { device, ...connect, envelope });
  } catch (thrown) {
    const { code, retryable } = toPushError(thrown);
    socket.close(retryable ? 4000 : 4500, code);
  }
}

const harness = (envelope: Envelope): TransportHarness => ({
  traits: {
    name: 'websocket',
    acknowledges: 'cumulative',
    resends: 'in place',
    remembers: true,
    window: true,
    carries: ['skip', 'gap', 'recall', 'read', 'signal'],
    goodbye: 'when to return',
  },
  async open(push) {
    const server = createServer();
    const options = { server, perMessageDeflate: false, closeTimeout: 500 };
    const sockets = new WebSocketServer(options).on('connection', (socket, request) => {
      void welcome(push, socket, request, envelope);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const clients = new Set<TransportClient>();
    return {
      async connect(hello) {
        const query = new URLSearchParams({ hello: JSON.stringify(hello) });
        const socket = new WebSocket(`ws://127.0.0.1:${port}/?${query.toString()}`, { perMessageDeflate: false });
        const client = hostClient(socket, envelope);
        clients.add(client);
        await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
        return client;
      },
      async close() {
        for (const client of clients) client.drop();
        sockets.close();
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
});

function hostClient(socket: WebSocket, envelope: Envelope): TransportClient {
  const reader = new FrameReader();
  socket.on('message', (text: Buffer) => {
    const message = JSON.parse(text.toString()) as { data: object };
    reader.take(JSON.stringify(envelope === 'plain' ? message : message.data));
  });
  socket.on('error', () => undefined);
  socket.on('close', (code) => reader.gone({ reconnect: code !== 4500 }));
  return {
    frames: reader.frames,
    ended: reader.ended,
    position: () => reader.position(),
    acknowledge(s, seq) {
      const ack = { s, seq };
      socket.send(JSON.stringify(envelope === 'plain' ? { op: 'ack', ...ack } : { event: 'push.ack', data: ack }));
    },
    pause: () => socket.pause(),
    unpause: () => socket.resume(),
    drop: () => socket.terminate(),
    close: () => socket.close(1000),
  };
}

describe('an adopted WebSocket', () => {
  transportConformance({ describe, it, beforeEach, afterEach, expect }, () => harness('plain'));
});
describe("an adopted WebSocket with Nest's envelope", () => {
  transportConformance({ describe, it, beforeEach, afterEach, expect }, () => harness('event'));
});
