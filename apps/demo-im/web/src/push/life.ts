import { effect, untracked } from '@preact/signals';
import type { PushClient } from 'push-client';
import { openOutbox, outbox } from '../state/outbox';
import { people } from '../state/people';
import { areRoomsKnown, rooms } from '../state/rooms';
import { clientState, isPatient, isReplaced, transport } from '../state/connection';
import { session } from '../state/session';
import { forgetThreads } from '../state/threads';
import { wakeSender } from '../chat/send';
import { line } from '../lab/network';
import { startWebPush } from '../webpush/opt-in';
import { askForReceiptsWhilePolling } from './poll-receipts';
import { connect, hurry } from './session-client';

let client: PushClient | undefined;

/** A login connects, a logout lets go of everything; both may come from anywhere. */
export function liveWithSession(): void {
  effect(() => {
    const login = session.value;
    if (login === undefined) return;
    untracked(() => begin(login));
    return () => untracked(end);
  });
  askForReceiptsWhilePolling();
  addEventListener('online', () => hasNetwork());
  line.state.subscribe((state) => {
    if (state === 'up') hasNetwork();
  });
}

/** After another tab took this device over: take it back. */
export const reconnect = (): void => void client?.connect().catch(() => undefined);

function begin(login: NonNullable<typeof session.value>): void {
  isPatient.value = true;
  isReplaced.value = false;
  openOutbox(login.me.id);
  client = connect(login);
  wakeSender('now');
  void startWebPush(login);
}

function end(): void {
  void client?.close();
  client = undefined;
  clientState.value = 'idle';
  transport.value = undefined;
  rooms.value = new Map();
  people.value = new Map();
  areRoomsKnown.value = false;
  outbox.value = [];
  forgetThreads();
}

function hasNetwork(): void {
  if (client !== undefined) void hurry(client).catch(() => undefined);
  wakeSender('now');
}
