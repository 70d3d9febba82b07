import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { createWebSocketStream, WebSocket } from 'ws';
import { attachMqtt, attachMqttWebSocket } from 'push-core/mqtt';
import type { Push } from 'push-core';
import {
  transportConformance,
  type ConnectOptions,
  type TransportHarness,
  type TransportTraits,
} from 'push-core/testing';
import { MqttClient, type Line } from './support/mqtt-client.js';

const traits = (version: 4 | 5): TransportTraits => ({
  name: 'mqtt',
  acknowledges: 'each',
  resends: 'on return',
  remembers: false,
  // The receive maximum, which MQTT 3.1.1 has not.
  window: version === 5,
  carries: ['gap', 'recall', 'read', 'signal'],
  goodbye: version === 5 ? 'when to return' : 'nothing',
});

type Door = {
  connect(options: ConnectOptions): Promise<readonly [MqttClient, Line]>;
  close(): Promise<void>;
};

const harness = (version: 4 | 5, openDoor: (push: Push, version: 4 | 5) => Promise<Door>): TransportHarness => ({
  traits: traits(version),
  async open(push) {
    const door = await openDoor(push, version);
    const lines = new Set<Line>();
    return {
      async connect(options) {
        const [client, line] = await door.connect(options);
        lines.add(line);
        return client;
      },
      async close() {
        for (const line of lines) line.cut();
        await door.close();
      },
    };
  },
});

async function overTcp(push: Push, version: 4 | 5): Promise<Door> {
  const { port, close } = await attachMqtt(push, { port: 0, closeTimeoutMs: 500 });
  return {
    close,
    async connect(options) {
      const socket = connect(port, '127.0.0.1');
      await new Promise((resolve) => socket.once('connect', resolve));
      const line: Line = { cut: () => void socket.resetAndDestroy(), closed: (run) => void socket.on('close', run) };
      return [await MqttClient.connect(socket, line, version, options), line];
    },
  };
}

async function overWebSocket(push: Push, version: 4 | 5): Promise<Door> {
  const server = createServer();
  const attached = await attachMqttWebSocket(server, push, { closeTimeoutMs: 500 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    async connect(options) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/mqtt`, 'mqtt', { perMessageDeflate: false });
      const stream = createWebSocketStream(socket);
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      const line: Line = { cut: () => socket.terminate(), closed: (run) => void socket.on('close', run) };
      return [await MqttClient.connect(stream, line, version, options), line];
    },
    async close() {
      await attached.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const runner = { describe, it, beforeEach, afterEach, expect };
describe('MQTT 5 over TCP', () => {
  transportConformance(runner, () => harness(5, overTcp));
});
describe('MQTT 3.1.1 over TCP', () => {
  transportConformance(runner, () => harness(4, overTcp));
});
describe('MQTT 5 over WebSocket', () => {
  transportConformance(runner, () => harness(5, overWebSocket));
});
