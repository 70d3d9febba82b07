import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { FakeApns, FakeFcm, FakeHms } from 'push-core/testing';
import { eventually } from '../../support/eventually.js';
import { OfflineStage, TENANT } from './support/offline-stage.js';

const USERS = Array.from({ length: 30 }, (_, i) => `u${i}`);
const hex = (): string => randomBytes(32).toString('hex');

/** Everybody is published to, and everybody's story has gone on beyond the wait; no token may be gone then. */
describe('a set-up that is wrong deletes no token', () => {
  let stage: OfflineStage;
  const open: { close(): Promise<void> }[] = [];
  const fake = <T extends { close(): Promise<void> }>(one: T): T => (open.push(one), one);

  beforeEach(async () => void (stage = await OfflineStage.open()));
  afterEach(async () => {
    await stage.close();
    await Promise.all(open.splice(0).map((one) => one.close()));
  });

  async function ordeal(provider: string, credentials: object, token: () => string): Promise<string[]> {
    await stage.push.notifications.putProvider(TENANT, provider, credentials);
    for (const user of USERS) await stage.register(user, provider, token());
    const reasons = new Set<string>();
    for (let round = 0; round < 3; round++) {
      const id = await stage.publish(USERS, { thread: `t${round}` });
      for (const user of USERS) {
        await eventually(async () => {
          const { steps } = await stage.explain(id, user);
          const told = steps.find(({ provider: by, reason }) => by === provider && reason !== undefined);
          if (told?.reason) reasons.add(told.reason);
          return told !== undefined;
        }, 30_000);
      }
    }
    expect(await stage.tokensOf(USERS)).toBe(USERS.length);
    return [...reasons].sort();
  }

  it('of APNs: the other environment', async () => {
    const sandbox = fake(await new FakeApns({ environment: 'sandbox', knows: 'registered' }).listen());
    const reasons = await ordeal('apns', sandbox.credentials, hex);
    expect(reasons).not.toContain('accepted');
  }, 60_000);

  it('of APNs: another app’s topic, and a key that was taken back', async () => {
    const apns = fake(await new FakeApns().listen());
    expect(await ordeal('apns', { ...apns.credentials, topic: 'com.example.other' }, hex)).not.toContain('accepted');
    apns.revokeKey();
    expect(await ordeal('apns', apns.credentials, hex)).not.toContain('accepted');
    // What waited from before may have found out first; then the others were not even tried.
    const [state] = await stage.push.notifications.providers(TENANT);
    expect([state?.breaker, state?.reason]).toEqual([expect.stringMatching(/open|probing/), 'InvalidProviderToken']);
  }, 60_000);

  it('of FCM: a service account that is refused, and 5xx from everywhere', async () => {
    const [fcm, other] = [fake(await new FakeFcm().listen()), new FakeFcm()];
    const wrong = { ...fcm.credentials, serviceAccount: other.serviceAccount };
    expect(await ordeal('fcm', wrong, () => randomBytes(60).toString('base64url'))).not.toContain('accepted');
    fcm.misbehave({ kind: 'answer', status: 500, body: '<html>' }, 10_000);
    expect(await ordeal('fcm', fcm.credentials, () => randomBytes(60).toString('base64url'))).not.toContain('accepted');
  }, 90_000);

  it('of HMS: an app that is penalised', async () => {
    const hms = fake(await FakeHms.listen());
    hms.isPenalised = true;
    expect(await ordeal('hms', hms.credentials, hex)).not.toContain('accepted');
  }, 60_000);
});
