import { generate, parser, type Packet } from 'mqtt-packet';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { RawClient } from '../../support/raw-client.js';
import type { World } from './world.js';

/** A client that is inside, or what it was told at the door. */
export type Visit = { readonly kind: 'inside'; readonly visitor: Visitor } | { readonly kind: 'refused'; said: string };

export interface Visitor {
  /** Resolves with what was said at the end, when the server has ended it. */
  readonly ended: Promise<string>;
  /** Texts of everything that was pushed. */
  readonly got: string[];
  leave(): void;
}
export interface Guest {
  token: string;
  device: string;
  /** Of the first request. */
  headers?: Record<string, string>;
}

type Enter = (world: World, guest: Guest) => Promise<Visit>;

const webSocket: Enter = async (world, { token, device, headers }) => {
  const opened = await RawClient.open(world.socketUrl, { acknowledge: true, headers }).catch(String);
  if (typeof opened === 'string') return { kind: 'refused', said: opened };
  const client = opened;
  client.send({ op: 'connect', token, device });
  const first = await client.until(({ op }) => op === 'connected' || op === 'bye');
  if (first.op === 'bye') return { kind: 'refused', said: JSON.stringify(client.frames) };
  const got: string[] = [];
  client.socket.on('message', (data) => got.push((data as Buffer).toString()));
  // However long it stays.
  const ended = client.ended(120_000).then((end) => JSON.stringify([client.frames.at(-1), end]));
  return { kind: 'inside', visitor: { got, ended, leave: () => client.drop() } };
};

const eventStream: Enter = async (world, { token, device, headers }) => {
  const abort = new AbortController();
  const answer = await fetch(`${world.url}/v1/sse?device=${device}`, {
    headers: { Authorization: `Bearer ${token}`, ...headers },
    signal: abort.signal,
  });
  if (answer.status !== 200) return { kind: 'refused', said: `${answer.status} ${await answer.text()}` };
  const got: string[] = [];
  const reading = async (): Promise<string> => {
    for await (const chunk of answer.body!) got.push(Buffer.from(chunk as Uint8Array).toString());
    return got.join('').slice(-300);
  };
  return { kind: 'inside', visitor: { got, ended: reading().catch(() => 'cut'), leave: () => abort.abort() } };
};

/** Inside while a poll is held. */
const poll: Enter = async (world, { token, device, headers }) => {
  const abort = new AbortController();
  const ask = async (query: string) => {
    const answer = await fetch(`${world.url}/v1/poll?device=${device}&${query}`, {
      headers: { Authorization: `Bearer ${token}`, ...headers },
      signal: abort.signal,
    });
    return { status: answer.status, text: await answer.text() };
  };
  const first = await ask('waitMs=0');
  if (first.status !== 200) return { kind: 'refused', said: `${first.status} ${first.text}` };
  const got = [first.text];
  const { cursor } = JSON.parse(first.text) as { cursor: string };
  const before = world.push.status().connections;
  const holding = async (): Promise<string> => {
    for (let after = cursor; ;) {
      const next = await ask(`after=${encodeURIComponent(after)}&waitMs=60000`);
      if (next.status !== 200) return `${next.status} ${next.text}`;
      got.push(next.text);
      after = (JSON.parse(next.text) as { cursor: string }).cursor;
    }
  };
  const ended = holding().catch((error: Error) => `cut: ${error.message}`);
  while (world.push.status().connections <= before) await new Promise((resolve) => setTimeout(resolve, 5));
  return { kind: 'inside', visitor: { got, ended, leave: () => abort.abort() } };
};

const socketIo: Enter = (world, { token, device, headers }) => {
  const auth = { token, device };
  const once = { transports: ['websocket'], reconnection: false, forceNew: true };
  const socket = io(`${world.url}/push`, { ...once, auth, extraHeaders: headers });
  const got: string[] = [];
  let bye = '';
  const ended = new Promise<string>((resolve) => socket.on('disconnect', (reason) => resolve(`${reason} ${bye}`)));
  return new Promise((resolve) => {
    socket.onAny((event: string, value: unknown, signed?: () => void) => {
      got.push(JSON.stringify({ event, value }));
      if (event === 'bye') bye = JSON.stringify(value);
      if (event === 'push') signed?.();
      if (event === 'connected')
        resolve({ kind: 'inside', visitor: { got, ended, leave: () => void socket.disconnect() } });
    });
    socket.on('connect_error', (error) => resolve({ kind: 'refused', said: JSON.stringify((error as any).data) }));
    void ended.then((said) => resolve({ kind: 'refused', said }));
  });
};

const mqtt: Enter = (world, { token, device, headers }) => {
  const socket = new WebSocket(`${world.url.replace('http', 'ws')}/v1/mqtt`, 'mqtt', { headers });
  const send = (packet: Packet) => socket.send(generate(packet, { protocolVersion: 5 }));
  const got: string[] = [];
  let last = '';
  const ended = new Promise<string>((resolve) => socket.on('close', () => resolve(last)));
  socket.on('error', () => undefined);
  socket.on('open', () =>
    send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 5,
      clean: true,
      keepalive: 60,
      clientId: device,
      username: '',
      password: Buffer.from(token),
    }),
  );
  return new Promise((resolve) => {
    const packets = parser({ protocolVersion: 5 });
    socket.on('message', (data) => void packets.parse(data as Buffer));
    packets.on('packet', (packet) => {
      if (packet.cmd === 'connack') {
        last = JSON.stringify(packet);
        if (packet.reasonCode !== 0) resolve({ kind: 'refused', said: last });
        else send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'me', qos: 1 }] });
      } else if (packet.cmd === 'suback') {
        resolve({ kind: 'inside', visitor: { got, ended, leave: () => socket.terminate() } });
      } else if (packet.cmd === 'publish') {
        got.push(packet.payload.toString());
        if (packet.qos === 1) send({ cmd: 'puback', messageId: packet.messageId, reasonCode: 0 });
      } else last = JSON.stringify(packet);
    });
    void ended.then((said) => resolve({ kind: 'refused', said }));
  });
};

/** Every way in, with a client for each. */
export const WAYS_IN: Readonly<Record<string, Enter>> = {
  WebSocket: webSocket,
  'event stream': eventStream,
  'long poll': poll,
  'Socket.IO': socketIo,
  MQTT: mqtt,
};

/** Goes in and insists on it. */
export async function goIn(way: string, world: World, guest: Guest): Promise<Visitor> {
  const visit = await WAYS_IN[way]!(world, guest);
  if (visit.kind === 'refused') throw new Error(`${way}: refused, ${visit.said}`);
  return visit.visitor;
}

/** Tries to go in and insists on being refused; what was said. */
export async function turnedAway(way: string, world: World, guest: Guest): Promise<string> {
  const visit = await WAYS_IN[way]!(world, guest);
  if (visit.kind === 'refused') return visit.said;
  visit.visitor.leave();
  throw new Error(`${way}: was let in`);
}
