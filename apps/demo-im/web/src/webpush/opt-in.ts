import { signal } from '@preact/signals';
import { disableWebPush, enableWebPush, onPushOpened, type WebPushState } from 'push-client/webpush';
import { api } from '../api/calls';
import { reasonOf } from '../api/request';
import type { Login } from '../api/types';
import { language } from '../state/preferences';
import { openRoom } from '../state/route';
import { device, session } from '../state/session';
import { leaveLogin } from './login-note';

export type OptIn =
  | { readonly kind: 'unsupported' | 'off' | 'asking' | 'on' | 'denied' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Whether this browser is told while no page is open. */
export const optIn = signal<OptIn>({ kind: 'unsupported' });

/** At every start: browsers lose subscriptions without a word. Never asks the user anything. */
export async function startWebPush(login: Login): Promise<void> {
  await leaveLogin({ token: login.token, device });
  await enable(false);
}

/** Behind a click. */
export async function turnOnWebPush(): Promise<void> {
  optIn.value = { kind: 'asking' };
  await enable(true);
}

/** At a logout: the next user of this browser gets none of this one's notifications. */
export async function endWebPush(): Promise<void> {
  // Before anything is waited for: a moment later there is no login to say it with.
  const told = optIn.value.kind === 'on' ? register([]).catch(() => undefined) : undefined;
  await leaveLogin(undefined);
  const registration = await navigator.serviceWorker?.getRegistration();
  if (registration !== undefined) await disableWebPush({ registration }).catch(() => undefined);
  await told;
}

async function enable(ask: boolean): Promise<void> {
  const publicKey = session.value?.webPushKey;
  // Without https there are no service workers (localhost apart), and without a key the server has nothing to sign with.
  if (publicKey === undefined || !('serviceWorker' in navigator) || !('PushManager' in globalThis)) {
    optIn.value = { kind: 'unsupported' };
    return;
  }
  try {
    await navigator.serviceWorker.register('/sw.js');
    const registration = await navigator.serviceWorker.ready;
    const state = await enableWebPush({
      registration,
      publicKey,
      register: (token) => register([{ provider: 'webpush', token }]),
      ask,
    });
    optIn.value = optInOf(state);
  } catch (error) {
    optIn.value = { kind: 'failed', reason: reasonOf(error) };
  }
}

const register = (tokens: readonly object[]) =>
  api.putDevice(device, {
    platform: 'web',
    tokens,
    locale: language.value,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });

function optInOf(state: WebPushState): OptIn {
  if (state.kind === 'enabled') return { kind: 'on' };
  if (state.kind === 'not_asked') return { kind: 'off' };
  return state.kind === 'failed' ? { kind: 'failed', reason: reasonOf(state.error) } : { kind: state.kind };
}

/** A notification was clicked while the page was open. */
export function followNotifications(): void {
  if (!('serviceWorker' in navigator)) return;
  onPushOpened(navigator.serviceWorker, ({ push }) => {
    if (push.data.thread !== undefined) openRoom(push.data.thread);
  });
}
