import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { FakeWebhook } from './webhook.js';

const SECRET = `whsec_${randomBytes(24).toString('base64')}`;
const BODY = JSON.stringify({ type: 'notification', timestamp: '2026-01-01T00:00:00.000Z', data: { user: 'u' } });

let fake: FakeWebhook;
beforeEach(async () => {
  fake = await FakeWebhook.listen({ secrets: [SECRET] });
});
afterEach(() => fake.close());

async function post(id: string, { at = new Date(), body = BODY, secret = SECRET } = {}): Promise<number> {
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, BODY),
  };
  return (await fetch(fake.url, { method: 'POST', headers, body })).status;
}

it('takes what is genuine, each id once', async () => {
  expect([await post('a'), await post('b'), await post('a')]).toEqual([204, 204, 204]);
  expect(fake.received.map(({ id, data }) => [id, data])).toEqual([
    ['a', { user: 'u' }],
    ['b', { user: 'u' }],
  ]);
  expect(fake.duplicates).toBe(1);
});

it('refuses what is not: another secret, another body, an old one', async () => {
  const old = new Date(Date.now() - 301_000);
  expect([
    await post('a', { secret: `whsec_${randomBytes(24).toString('base64')}` }),
    await post('b', { body: `${BODY} ` }),
    await post('c', { at: old }),
  ]).toEqual([401, 401, 401]);
  expect(fake.received).toEqual([]);
});

it('misbehaves on command', async () => {
  fake.misbehave({ kind: 'answer', status: 503 });
  expect([await post('a'), await post('a')]).toEqual([503, 204]);
});
