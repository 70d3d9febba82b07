// mosquitto, on the same core as this process, which publishes to it over one connection with QoS 1. Its CPU and memory are its own:
// rates and latencies only.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import mqtt from 'mqtt';
import { pause } from '../lib/answers.mjs';
import { serve } from './serve.mjs';

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

serve(({ fail }) => {
  let client;
  let clients = 0;
  return {
    async listen() {
      const port = await freePort();
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'nest-push-bench-'));
      const config = path.join(folder, 'mosquitto.conf');
      fs.writeFileSync(
        config,
        `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\nsys_interval 1\nset_tcp_nodelay true\n`,
      );
      const broker = spawn('mosquitto', ['-c', config], { stdio: 'ignore' });
      broker.on('error', fail);
      process.on('exit', () => {
        broker.kill('SIGKILL');
        fs.rmSync(folder, { recursive: true, force: true });
      });
      client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100, queueQoSZero: false });
      await new Promise((resolve) => client.once('connect', resolve));
      client.on('message', (topic, message) => (clients = Number(message.toString()) - 1));
      await client.subscribeAsync('$SYS/broker/clients/connected');
      await pause(100);
      return { port };
    },
    connections: () => clients,
    toTopic: (payload) => client.publish('bench', JSON.stringify(payload), { qos: 1 }),
    toUser: (index, payload) => client.publish(`u/u${index}`, JSON.stringify(payload), { qos: 1 }),
  };
});
