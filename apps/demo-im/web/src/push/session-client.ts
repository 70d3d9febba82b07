import { batch } from '@preact/signals';
import { IndexedDbCursors, PushClient } from 'push-client';
import { fallback } from 'push-client/fallback';
import type { Login } from '../api/types';
import { wakeSender } from '../chat/send';
import { line, lineFetch, lineSockets } from '../lab/network';
import { watch } from '../lab/watch';
import { clientState, isPatient, isReplaced, toCatchUp, transport } from '../state/connection';
import { isReading } from '../state/reading';
import { loadRooms, setUnread } from '../state/rooms';
import { device, session } from '../state/session';
import { recallByPush } from '../state/threads';
import { forgetTyping } from '../state/typing';
import { takeMessage, takeSignal } from './incoming';
import { readWith } from './read-marks';
import { refresh } from './refresh';

const REPLACED = 3003;
const PATIENCE_MS = 1_500;
const OWN = '@me';

/** The push connection of one login. */
export function connect({ token, me }: Login): PushClient {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const client = new PushClient({
    url: `${scheme}://${location.host}/v1/ws`,
    device,
    // The login is the push token. One that has run out ends the session: there is no other to be had.
    token: (reason) => {
      if (reason === 'expired') session.value = undefined;
      return token;
    },
    cursors: new IndexedDbCursors({ name: `demo-im/${me.id}/${device}` }),
    transport: fallback({ fetch: lineFetch, climb: { baseMs: 4_000, capMs: 30_000 } }),
    socket: lineSockets,
    // Shorter than a library should have them: somebody is watching.
    connectWaitMs: 8_000,
    backoff: { baseMs: 300, capMs: 2_000 },
  });

  watch(client);
  readWith(client);
  client.on('state', ({ to }) =>
    batch(() => {
      clientState.value = to;
      transport.value = client.transport;
      if (to !== 'connected') toCatchUp.value = 0;
    }),
  );
  client.on('disconnected', forgetTyping);
  client.on('transport', () => (transport.value = client.transport));
  client.on('connected', ({ streams }) => {
    const own = streams[OWN];
    batch(() => {
      isReplaced.value = false;
      toCatchUp.value = own === undefined ? 0 : own.head - own.from;
    });
    void refresh().then(() => (isPatient.value = false));
    wakeSender('now');
  });
  client.on('message', (frame) => {
    takeMessage(frame);
    if (frame.s === OWN) passed(frame.seq, frame.seq);
  });
  client.on('skip', ({ s, from, to }) => s === OWN && passed(from, to));
  client.on('gap', ({ s, from, to }) => {
    if (s === OWN) passed(from, to);
    void refresh();
  });
  client.on('reset', () => void refresh());
  client.on('signal', takeSignal);
  client.on('recall', ({ id }) => recallByPush(id));
  client.on('read', ({ thread, unread }) => {
    if (thread !== undefined && !isReading(thread)) setUnread(thread, unread);
    // Not all of it, or not of one room: what is left where, the backend knows.
    if (thread === undefined || unread > 0) void loadRooms().catch(() => undefined);
  });
  client.on('disconnected', ({ code, reconnect }) => {
    if (reconnect) return;
    if (code === REPLACED) isReplaced.value = true;
    else if (code >= 3500) session.value = undefined;
  });
  void client.connect().catch(() => undefined);
  setTimeout(() => (isPatient.value = false), PATIENCE_MS);
  return client;
}

function passed(from: number, to: number): void {
  if (toCatchUp.value > 0) toCatchUp.value = Math.max(0, toCatchUp.value - (to - from + 1));
}

/** The network is said to be back: no reason to sit out the pause. */
export async function hurry(client: PushClient): Promise<void> {
  if (client.state !== 'waiting' || !line.isUp) return;
  await client.close();
  await client.connect();
}
