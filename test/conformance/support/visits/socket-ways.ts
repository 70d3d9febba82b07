import { connect as mqttConnect } from 'mqtt';
import { io } from 'socket.io-client';
import type { WebSocket } from 'ws';
import type { PushFrame } from 'push-core/wire';
import { ChaosProxy } from '../../../support/chaos-proxy.js';
import { RawClient } from '../../../support/raw-client.js';
import { end, run, type Way } from './visit.js';

export const webSocketWay = (): Way => ({
  name: 'ws (WebSocket)',
  async visit({ door, device, token, show }) {
    const url = `${door.url.replace('http', 'ws')}/v1/ws`;
    const client = await RawClient.open(url, { acknowledge: true });
    client.socket.on('message', (text: Buffer) => {
      for (const line of text.toString().split('\n'))
        if (line.startsWith('{"op":"push"')) show(JSON.parse(line) as PushFrame);
    });
    client.send({ op: 'connect', token: await token(), device });
    return {
      async cut() {
        client.drop();
        await client.ended();
      },
    };
  },
});

/** The public client with its own reconnecting; acknowledges by the callback. */
export const socketIoWay = (): Way => ({
  name: 'socket.io-client',
  async visit({ door, device, token, show }) {
    const auth = { token: await token(), device };
    const socket = io(`${door.url}/push`, { forceNew: true, transports: ['websocket'], auth, reconnectionDelay: 20 });
    socket.on('push', (push: PushFrame, acknowledge: () => void) => {
      show(push);
      acknowledge();
    });
    const terminate = () => (socket.io.engine?.transport as unknown as { ws?: WebSocket } | undefined)?.ws?.terminate();
    return {
      shake: async () => terminate(),
      async cut() {
        terminate();
        socket.removeAllListeners('push');
        socket.disconnect();
      },
    };
  },
});

/** MQTT.js with a session that outlives its connection, and its own reconnecting. */
export const mqttWay = (): Way => ({
  name: 'MQTT.js',
  async visit({ door, user, device, token, show }) {
    const client = mqttConnect(`mqtt://127.0.0.1:${door.mqttPort}`, {
      protocolVersion: 5,
      clientId: device,
      username: user,
      password: await token(),
      clean: false,
      properties: { sessionExpiryInterval: 600 },
      reconnectPeriod: 50,
    });
    let isOver = false;
    client.on('message', (topic, payload) => {
      if (topic === 'me' && !isOver) show(JSON.parse(payload.toString()) as PushFrame);
    });
    await client.subscribeAsync('me', { qos: 1 });
    return {
      shake: async () => void client.stream.destroy(),
      async cut() {
        isOver = true;
        client.stream.destroy();
        await client.endAsync(true);
      },
    };
  },
});

/**
 * `mosquitto_sub` behind a proxy that cuts its line: it comes back by itself with the same session. At the end its line is
 * cut and the process is asked to go, not killed: the program acknowledges a message before it prints it.
 */
export const mosquittoWay = (): Way => ({
  name: 'mosquitto_sub',
  async visit({ door, user, device, token, show }) {
    const proxy = await ChaosProxy.open(door.mqttPort);
    const who = ['-i', device, '-u', user, '-P', await token()];
    const child = run('mosquitto_sub', ['-p', String(proxy.port), '-q', '1', '-c', ...who, '-t', 'me', '-F', '%p']);
    let rest = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) show(JSON.parse(line) as PushFrame);
    });
    return {
      async shake() {
        await proxy.kill();
        await proxy.listen();
      },
      async cut() {
        await proxy.kill();
        await end(child);
      },
    };
  },
});
