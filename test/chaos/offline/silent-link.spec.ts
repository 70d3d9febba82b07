import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { FakeApns } from 'push-core/testing';
import { eventually } from '../../support/eventually.js';
import { RawClient } from '../../support/raw-client.js';
import { round, tell } from '../support/results.js';
import { OfflineStage, TENANT } from './support/offline-stage.js';

const SILENT = 60;
const ANSWERING = 60;
const ROUNDS = 5;
const WAIT_MS = 1500;

const names = (of: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${of}${i}`);
const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** R10, seen from the provider: links that take everything and answer nothing any more, beside others that acknowledge. */
describe('links that fall silent without closing', () => {
  let stage: OfflineStage;
  let apns: FakeApns;
  const clients: RawClient[] = [];
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    apns = await new FakeApns().listen();
    stage = await OfflineStage.open({ waitMs: WAIT_MS });
    await stage.push.notifications.putProvider(TENANT, 'apns', apns.credentials);
    for (const user of [...names('silent', SILENT), ...names('ok', ANSWERING)]) {
      const token = randomBytes(32).toString('hex');
      tokens.set(token, user);
      await stage.register(user, 'apns', token);
      const { client } = await RawClient.connect(stage.url, { token: user, device: 'phone' });
      clients.push(client);
      // Half-open: the socket is there, what arrives is read by nobody.
      if (user.startsWith('silent')) client.socket.pause();
      else
        client.socket.on('message', () => {
          const last = client.frames.findLast((frame) => frame.op === 'push');
          if (last?.op === 'push') client.ack(last.seq);
        });
    }
  }, 60_000);
  afterAll(async () => {
    for (const client of clients) client.socket.terminate();
    await stage.close();
    await apns.close();
  });

  it('are told by their provider within a second after the wait, once a message, and nobody else is', async () => {
    const acceptedAt = new Map<string, number>();
    for (let i = 0; i < ROUNDS; i++) {
      for (const user of [...names('silent', SILENT), ...names('ok', ANSWERING)]) {
        const at = Date.now();
        acceptedAt.set(await stage.publish([user], { thread: `r${i}` }), at);
      }
      const due = (i + 1) * SILENT;
      await eventually(() => apns.notifications.length >= due, 20_000);
    }
    await eventually(
      async () => (await stage.push.message(TENANT, [...acceptedAt.keys()].at(-1) as string)).counts.delivered === 1,
    );
    // What would come too much comes within the wait of those who acknowledged last.
    const over = Date.now() + WAIT_MS + 1000;
    await eventually(() => Date.now() > over);
    const waits = apns.notifications.map(({ at, payload }) => {
      const { id } = (payload as { push: { id: string } }).push;
      return at - (acceptedAt.get(id) as number);
    });
    const told = apns.notifications.map(
      ({ token, payload }) => `${tokens.get(token)} ${(payload as { push: { id: string } }).push.id}`,
    );
    const figures = {
      accepted: acceptedAt.size,
      notified: told.length,
      toThoseWhoAcknowledged: told.filter((one) => one.startsWith('ok')).length,
      twice: told.length - new Set(told).size,
      waitMs: WAIT_MS,
      toProviderP50Ms: round(percentile(waits, 0.5)),
      toProviderP99Ms: round(percentile(waits, 0.99)),
    };
    tell('R10 silent links and their notifications', figures, 'quick');
    expect(figures).toMatchObject({ notified: SILENT * ROUNDS, toThoseWhoAcknowledged: 0, twice: 0 });
    expect(figures.toProviderP99Ms).toBeLessThan(WAIT_MS + 1000);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(WAIT_MS);
  }, 90_000);
});
