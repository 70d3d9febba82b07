import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const benchDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const rootDir = path.resolve(benchDir, '..');
export const coreEntry = path.join(rootDir, 'libs/push-core/dist/esm/index.js');
export const typeormEntry = path.join(rootDir, 'libs/nest-push/dist/esm/typeorm/index.js');

/** `speak` names the client's protocol in load/protocols.mjs; `ours` marks what the goals are about. */
export const CONTENDERS = {
  memory: { label: 'nest-push, memory', server: 'ours.mjs', speak: 'ours', ours: true },
  sqlite: { label: 'nest-push, SQLite', server: 'ours.mjs', speak: 'ours', database: true, ours: true },
  ws: { label: 'ws', server: 'ws.mjs', speak: 'plain' },
  socketio: { label: 'Socket.IO', server: 'socketio.mjs', speak: 'socketio' },
  uws: { label: 'µWS publish', server: 'uws.mjs', speak: 'plain', args: ['publish'] },
  sse: { label: 'nest-push, SSE', server: 'ours.mjs', speak: 'oursSse', args: ['sse'], ours: true },
  sseLoop: { label: 'res.write loop', server: 'sse.mjs', speak: 'bareSse' },
  oursSocketio: {
    label: 'nest-push, Socket.IO',
    server: 'ours.mjs',
    speak: 'oursSocketio',
    args: ['socketio'],
    ours: true,
  },
  socketioAck: { label: 'Socket.IO emit + ack', server: 'socketio.mjs', speak: 'socketio', args: ['ack'] },
  mqtt: { label: 'nest-push, MQTT', server: 'ours.mjs', speak: 'oursMqtt', args: ['mqtt'], ours: true },
  aedes: { label: 'aedes', server: 'aedes.mjs', speak: 'brokerMqtt' },
  mosquitto: { label: 'mosquitto', server: 'mosquitto.mjs', speak: 'brokerMqtt' },
  uwsLoop: { label: 'µWS send loop', server: 'uws.mjs', speak: 'plain', args: ['send'] },
};

/** Why a contender cannot take part, or undefined. */
export async function missing(name) {
  const importing = async (specifier) => {
    try {
      await import(specifier);
      return undefined;
    } catch (error) {
      return String(error.message).split('\n')[0];
    }
  };
  if (name === 'mosquitto') return spawnSync('mosquitto', ['-h']).error ? 'mosquitto is not installed' : undefined;
  if (name === 'uws' || name === 'uwsLoop') return importing('@trufflesuite/uws-js-unofficial');
  if (['memory', 'sse', 'oursSocketio', 'mqtt'].includes(name)) return importing(pathToFileURL(coreEntry).href);
  if (name === 'sqlite') return (await missing('memory')) ?? importing(pathToFileURL(typeormEntry).href);
  return undefined;
}

/** A fresh database file each time; `remove` takes it away with its log. */
export function freshDatabase(directory) {
  const folder = fs.mkdtempSync(path.join(directory ?? os.tmpdir(), 'nest-push-bench-'));
  return {
    url: `sqlite:${path.join(folder, 'push.db')}`,
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
