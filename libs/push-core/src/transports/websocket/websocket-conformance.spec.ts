import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { transportConformance } from '../../testing/conformance/transport-conformance.js';
import type {
  ConnectOptions,
  Ending,
  TransportClient,
  TransportHarness,
} from '../../testing/conformance/transport-harness.js';
import type { Position, ServerFrame, StreamName } from '../../wire.js';
import { attachWebSocket } from './attach.js';

const harness: TransportHarness = {
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
    const attached = attachWebSocket(server, push, { closeTimeoutMs: 500 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sockets = new Set<WebSocket>();
    return {
      async connect(options) {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, 'push.v1.json', { perMessageDeflate: false });
        sockets.add(socket);
        await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
        return client(socket, options);
      },
      async close() {
        for (const socket of sockets) socket.terminate();
        await attached.close();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
};

function client(socket: WebSocket, { token, device, resume, window }: ConnectOptions): TransportClient {
  const frames: ServerFrame[] = [];
  const places: Record<StreamName, Position> = {};
  const reach = (s: StreamName, seq: number) => {
    const place = places[s];
    if (place && seq > place.seq) place.seq = seq;
  };
  let bye: Ending = {};
  const send = (frame: object) => socket.send(JSON.stringify(frame));
  socket.on('message', (text: Buffer) => {
    for (const line of text.toString().split('\n')) {
      const frame = JSON.parse(line) as ServerFrame;
      frames.push(frame);
      if (frame.op === 'connected')
        for (const [s, { epoch, from }] of Object.entries(frame.streams)) places[s] = { epoch, seq: from };
      if (frame.op === 'followed') places[frame.s] = { epoch: frame.epoch, seq: frame.from };
      if (frame.op === 'push') reach(frame.s, frame.seq);
      if (frame.op === 'skip' || frame.op === 'gap') reach(frame.s, frame.to);
      if (frame.op === 'bye') bye = { reconnect: frame.reconnect, afterMs: frame.afterMs };
    }
  });
  socket.on('error', () => undefined);
  send({ op: 'connect', token, device, resume, window });
  return {
    frames,
    ended: new Promise((resolve) => socket.once('close', () => resolve(bye))),
    position: () => ({ ...places }),
    acknowledge: (s, seq) => send({ op: 'ack', s, seq }),
    pause: () => socket.pause(),
    unpause: () => socket.resume(),
    drop: () => socket.terminate(),
    close: () => socket.close(1000),
  };
}

transportConformance({ describe, it, beforeEach, afterEach, expect }, () => harness);
