import type { Explanation } from 'push-core';
import type { FakeApns, FakeFcm, FakeWebPush, ReceivedPush } from 'push-core/testing';
import type { Backend } from './backend.js';
import { Relay } from './relay.js';

export interface Stage {
  readonly backend: Backend;
  /** Of the server. */
  readonly port: number;
  readonly apns: FakeApns;
  readonly webpush: FakeWebPush;
  readonly fcm: FakeFcm;
  /** The server's VAPID key, as a page would give it to its browser. */
  readonly serverKey: string;
  readonly say: (line: string) => void;
  readonly tell: (story: Explanation) => void;
}

const PHONE_TOKEN = 'a1'.repeat(32);

/** Nobody is connected: the phone is told at once. */
export async function offlinePhone({ backend, apns, say, tell }: Stage): Promise<void> {
  await backend.register('ann', 'phone', 'ios', { provider: 'apns', token: PHONE_TOKEN });
  const id = await backend.publish('ann', 'Bob', 'Are you there?');
  tell(await backend.until(id, 'ann', 'notified'));
  const [shown, ...more] = apns.notifications;
  say(`Apple was sent ${1 + more.length}: ${JSON.stringify(shown?.payload.aps)}`);
}

/** The socket takes every byte, and nobody is at its other end. */
export async function halfOpenBrowser({ backend, port, webpush, serverKey, say, tell }: Stage): Promise<void> {
  const subscription = webpush.subscribe(serverKey);
  await backend.register('bob', 'browser', 'web', { provider: 'webpush', token: subscription });
  const relay = await Relay.to(port);
  const client = await backend.connect('bob', 'browser', { port: relay.port });
  const first = await backend.publish('bob', 'Ann', 'This one arrives');
  await backend.until(first, 'bob', 'delivered');
  tell(await backend.explain(first, 'bob'));

  relay.die();
  say('Now the line goes dead, and neither side is told.');
  const second = await backend.publish('bob', 'Ann', 'This one does not');
  tell(await backend.until(second, 'bob', 'notified'));
  const [push, ...more] = webpush.pushes;
  say(
    `The push service was sent ${1 + more.length} for both. The browser decrypted it: ${JSON.stringify(shownOf(push))}`,
  );
  await Promise.all([client.close(), relay.close()]);
}

/** Shown on the tablet, read on the laptop: it goes away on the tablet. */
export async function readElsewhere({ backend, fcm, say, tell }: Stage): Promise<void> {
  await backend.register('cleo', 'tablet', 'android', { provider: 'fcm', token: 'fcm-token-of-the-tablet' });
  await (await backend.connect('cleo', 'laptop')).close();
  const id = await backend.publish('cleo', 'Ann', 'Lunch?');
  await backend.until(id, 'cleo', 'notified');
  say('The tablet shows it. Now Cleo opens the laptop and reads it there.');
  const laptop = await backend.connect('cleo', 'laptop', {
    show: ({ seq, thread }, client) => client.markRead({ seq, thread }),
  });
  tell(await backend.until(id, 'cleo', 'retracted'));
  const sent = fcm.notifications.map(({ message }) => ('notification' in message ? 'shown' : 'data'));
  say(`Google was sent ${fcm.notifications.length}: ${sent.join(', ')}`);
  await laptop.close();
}

/** What the page would show. */
function shownOf(push: ReceivedPush | undefined): unknown {
  const { title, body } = (push?.payload ?? {}) as { title?: unknown; body?: unknown };
  return { title, body };
}
