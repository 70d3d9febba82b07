import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { systemClock } from '../../clock/system-clock.js';
import { createIds } from '../../ids/ids.js';
import type { Composed } from '../../offline/composed.js';
import { FakeWebhook } from '../../testing/fakes/webhook.js';
import { createHttpPool } from '../http/create-pool.js';
import { createEgressGuard } from '../http/egress-guard.js';
import type { HttpPool } from '../http/pool.js';
import type { Address, Provider } from '../provider.js';
import { webhook } from './index.js';

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const [OLD, NEW] = [newSecret(), newSecret()];

let fake: FakeWebhook;
let http: HttpPool;

/** The receiver asks the reference library, not ours. */
const listen = (secret: string) =>
  FakeWebhook.listen({
    secrets: [],
    verify: ({ headers, body }) => {
      try {
        new Webhook(secret).verify(body, headers);
        return true;
      } catch {
        return false;
      }
    },
  });

function open(secret: string | string[], url = `${fake.url}/hook`): Provider {
  return webhook.create(webhook.parse({ url, secret }), {
    ...{ tenant: 't', http, clock: systemClock, random: () => 0.5, ids: createIds(), deadlineMs: 3000 },
    shelf: { get: () => Promise.reject(new Error('not used')), refuse: () => Promise.resolve() },
  });
}

beforeEach(async () => {
  fake = await listen(OLD);
  const guard = createEgressGuard({ allow: [new URL(fake.url).host] });
  http = createHttpPool({ clock: systemClock, random: () => 0.5, guard });
});

afterEach(async () => {
  await http.close();
  await fake.close();
});

const address: Address = {
  ...{ tenant: 't', user: 'u', device: 'd', platform: 'web', registeredAt: 0 },
  token: { provider: 'webhook', token: '' },
};
const notification: Composed = {
  ...{ id: 'n-1', messageId: 'm-1', title: 'Ann', body: 'Hi – “ä”!', badge: 2, thread: 'room-7', mutable: false },
  ...{ messageClass: 'im', priority: 'high', expiresAt: 1, data: { id: 'm-1', stream: '@me', seq: '4' } },
};

it('tells the tenant’s address, signed so that the reference library accepts it', async () => {
  expect(await open(OLD).send([{ address, notification }])).toEqual([{ kind: 'accepted' }]);
  const { messageClass: _class, mutable: _mutable, ...told } = notification;
  expect(fake.received).toEqual([
    {
      id: 'n-1',
      type: 'notification',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: { ...told, user: 'u', device: 'd' },
    },
  ]);
});

it('keeps the id through retries, so that the receiver counts it once', async () => {
  const provider = open(OLD);
  fake.misbehave({ kind: 'stall_after_work' });
  const hasty = webhook.create(webhook.parse({ url: fake.url, secret: OLD }), {
    ...{ tenant: 't', http, clock: systemClock, random: () => 0.5, ids: createIds(), deadlineMs: 100 },
    shelf: { get: () => Promise.reject(new Error('not used')), refuse: () => Promise.resolve() },
  });
  expect(await hasty.send([{ address, notification }])).toMatchObject([{ kind: 'unknown_after_write' }]);
  expect(await provider.send([{ address, notification }])).toEqual([{ kind: 'accepted' }]);
  expect([fake.received.length, fake.duplicates]).toEqual([1, 1]);
});

it('signs with the old and the new secret while one is being replaced', async () => {
  const renewed = await listen(NEW);
  const guard = createEgressGuard({ allow: [new URL(fake.url).host, new URL(renewed.url).host] });
  const both = createHttpPool({ clock: systemClock, random: () => 0.5, guard });
  try {
    http = both;
    for (const { url } of [fake, renewed]) {
      expect(await open([NEW, OLD], url).send([{ address, notification }])).toEqual([{ kind: 'accepted' }]);
    }
    expect(await open(OLD, renewed.url).send([{ address, notification }])).toEqual([
      { kind: 'config_error', reason: 'http_401' },
    ]);
  } finally {
    await renewed.close();
  }
});

it('says when a notification is to be taken back', async () => {
  const retraction = { id: 'r-1', notificationId: 'n-1', messageId: 'm-1', thread: 'room-7', badge: 0 };
  await open(OLD).retract([{ address, retraction: { ...retraction, reason: 'read' } }]);
  expect(fake.received).toMatchObject([
    { id: 'r-1', type: 'notification.retracted', data: { id: 'n-1', user: 'u', reason: 'read', badge: 0 } },
  ]);
});

it('is checked by a ping', async () => {
  expect(await open(OLD).check()).toEqual({ kind: 'ok' });
  expect(await open(NEW).check()).toEqual({ kind: 'config_error', reason: 'http_401' });
  fake.misbehave({ kind: 'answer', status: 503 });
  expect(await open(OLD).check()).toEqual({ kind: 'unknown', reason: 'http_503' });
});

it('connects to no address that the guard does not admit, and follows nothing', async () => {
  const refused = await open(OLD, 'https://10.0.0.1/hook').send([{ address, notification }]);
  expect(refused).toEqual([{ kind: 'config_error', reason: 'url_not_public' }]);
  fake.misbehave({ kind: 'redirect', location: `${fake.url}/elsewhere` });
  expect(await open(OLD).send([{ address, notification }])).toMatchObject([{ kind: 'config_error' }]);
  expect(fake.requests).toHaveLength(1);
});

it.each<[object, string]>([
  [{ url: 'ftp://x/', secret: OLD }, 'url'],
  [{ url: 'https://u:p@x.example/', secret: OLD }, 'url'],
  [{ url: 'https://x.example/', secret: 'whsec_short' }, 'secret'],
  [{ url: 'https://x.example/', secret: [] }, 'secret'],
  [{ url: 'https://x.example/', secret: [OLD, 'x'] }, 'secret[1]'],
  [{ secret: OLD }, 'url'],
])('refuses credentials and names the field: %#', (credentials, field) => {
  expect(() => webhook.parse(credentials)).toThrow(expect.objectContaining({ code: 'INVALID', field }));
});

it('never shows its secret', () => {
  const provider = open(OLD);
  expect(inspect(provider, { depth: 5, showHidden: true })).not.toContain(OLD.slice(8));
});
