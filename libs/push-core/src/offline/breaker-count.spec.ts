import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EngineBench } from '../online/engine.fixture.js';
import type { Push } from '../push.js';
import { noHttp, ScriptedProvider } from './scripted-provider.fixture.js';

describe('the meters of notifying', () => {
  let bench: EngineBench;
  let fcm: ScriptedProvider;
  let push: Push;
  beforeEach(async () => {
    bench = new EngineBench();
    fcm = new ScriptedProvider();
    const offline = { providers: [fcm], http: noHttp, maxAttempts: 1, settingsMs: 1000 };
    push = await bench.engine({ offline, random: () => 0.5 });
    await push.notifications.putProvider('t', 'fcm', { project: 'p' });
    const tokens = [{ provider: 'fcm', token: 'x' }];
    await push.putDevice({ tenant: 't', user: 'u1', device: 'p' }, { platform: 'android', tokens });
  });
  afterEach(() => bench.close());

  const notify = async (): Promise<void> => {
    await bench.publish(push, { to: { users: ['u1'] }, type: 'x', notification: { title: 'A' } });
    await bench.clock.advance(2000);
  };
  const breakers = () => Object.fromEntries(push.meters.breakers);

  it('count credentials by what their breaker does, and forget an open one when the credentials are new', async () => {
    expect(breakers()).toEqual({});
    await notify();
    expect(breakers()).toEqual({ 'fcm closed': 1 });
    fcm.otherwise = () => ({ kind: 'config_error', reason: 'no such key' });
    await bench.clock.advance(11_000);
    await notify();
    expect(breakers()).toEqual({ 'fcm open': 1 });
    fcm.otherwise = () => ({ kind: 'accepted' });
    const mended = push.notifications.putProvider('t', 'fcm', { project: 'mended' });
    await bench.clock.advance(0);
    // Looked at, and nothing sent: whoever looks next sees the new ones.
    breakers();
    await bench.clock.advance(2000);
    await mended;
    expect(breakers()).toEqual({ 'fcm closed': 1 });
  });

  it('count what was given up, by provider and reason', async () => {
    fcm.otherwise = () => ({ kind: 'transient', reason: 'busy' });
    await notify();
    await notify();
    expect([...push.meters.dead]).toEqual([['fcm attempts', 2]]);
  });

  it('count what was accepted by tenant, very many tenants together', async () => {
    await notify();
    for (let n = 0; n < 1200; n++) {
      const published = push.publish(`t${n}`, { to: { users: ['x'] }, type: 'x' });
      await bench.clock.settle();
      await published;
    }
    expect(push.meters.acceptedOf.get('t')).toBe(1);
    expect(push.meters.acceptedOf.get('other')).toBe(201);
    expect([...push.meters.acceptedOf.values()].reduce((sum, one) => sum + one, 0)).toBe(push.meters.accepted);
  });
});
