import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { FakeApns } from 'push-core/testing';
import { programOf, required } from '../services/binaries.js';
import { describeWith } from '../services/needs.js';
import { Prometheus } from '../services/prometheus.js';
import { eventually } from '../support/eventually.js';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess } from '../support/server.js';

jest.setTimeout(120_000);

const PATIENCE_MS = 60_000;
const DEPLOYED = path.resolve(__dirname, '../../deploy/prometheus');

describeWith(['prometheus'], 'a Prometheus beside a server', () => {
  let apns: FakeApns;
  let server: ServerProcess;
  let prometheus: Prometheus;

  beforeAll(async () => {
    apns = await new FakeApns().listen();
    server = await ServerProcess.start({ env: { PUSH_EGRESS_ALLOW: new URL(apns.url).host } });
    await setApns(apns.credentials);
    prometheus = await Prometheus.start(`127.0.0.1:${server.port}`);
  });
  afterAll(async () => {
    await prometheus?.end();
    await server?.remove();
    await apns?.close();
  });

  const setApns = async (credentials: object): Promise<void> => {
    const route = '/v1/tenants/default/providers/apns';
    expect((await server.call('PUT', route, { key: server.keys.adminKey, body: credentials })).status).toBe(200);
  };
  const notify = async (user: string): Promise<string> => {
    const tokens = [{ provider: 'apns', token: randomBytes(32).toString('hex') }];
    await server.call('PUT', `/v1/users/${user}/devices/phone`, { body: { platform: 'ios', tokens } });
    return server.publish(user, {}, { notification: { title: 'Hi' }, options: { offline: { waitMs: 200 } } });
  };
  const value = async (query: string): Promise<number | undefined> => (await prometheus.query(query))[0]?.value;

  it('has rules that pass their own tests', () => {
    const promtool = required(programOf('promtool'), 'promtool');
    const run = (...args: string[]): string => execFileSync(promtool, args, { cwd: DEPLOYED, encoding: 'utf8' });
    expect(run('check', 'config', 'prometheus.yml')).toContain('SUCCESS');
    expect(run('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
  });

  it('reads what the server does', async () => {
    const client = await RawClient.open(server.socketUrl);
    client.sendText(JSON.stringify({ op: 'connect', token: await server.token('ann'), device: 'd1' }));
    await client.until(({ op }) => op === 'connected');
    await server.publish('ann', { n: 1 });
    await client.until(({ op }) => op === 'push');
    client.sendText(JSON.stringify({ op: 'ack', s: '@me', seq: 1 }));
    await eventually(async () => (await value('push_entries_acked_total{transport="websocket"}')) === 1, PATIENCE_MS);
    expect(await value('push_ready')).toBe(1);
    expect(await value('up{job="nest-push"}')).toBe(1);
    await eventually(async () => (await value('push_conservation{state="delivered"}')) === 1, PATIENCE_MS);
    expect(await value('push_conservation{state="lost"}')).toBe(0);
    client.drop();
  });

  it('fires when a provider’s credentials are broken, and is quiet when they are mended', async () => {
    await notify('bob');
    await eventually(async () => (await value('push_notifications_total{result="accepted"}')) === 1, PATIENCE_MS);
    expect(await prometheus.alerts('PushProviderBreakerOpen')).toEqual([]);

    // A key of nobody's: well-formed, and not the one Apple knows, which answers 403 InvalidProviderToken.
    await setApns({ ...new FakeApns().account, environment: 'production', endpoint: apns.url });
    const id = await notify('mallory');
    const isFiring = async (): Promise<boolean> =>
      (await prometheus.alerts('PushProviderBreakerOpen')).some(({ state }) => state === 'firing');
    await eventually(isFiring, PATIENCE_MS);
    const [alert] = await prometheus.alerts('PushProviderBreakerOpen');
    expect(alert).toMatchObject({
      labels: { provider: 'apns', severity: 'critical' },
      annotations: { summary: 'apns refuses credentials, or fails; notifications wait' },
    });
    expect(JSON.stringify(alert)).not.toMatch(/mallory|PRIVATE KEY/);

    await setApns(apns.credentials);
    await eventually(async () => (await prometheus.alerts('PushProviderBreakerOpen')).length === 0, PATIENCE_MS);
    // What had waited because of them is sent.
    const story = async () => (await server.call('GET', `/v1/messages/${id}/explain?user=mallory`)).body as Story;
    await eventually(async () => (await story()).steps.some(({ what }) => what === 'notified'), PATIENCE_MS);
    expect(await value('push_provider_breaker{state="open"}')).toBe(0);
  });
});

interface Story {
  readonly steps: readonly { readonly what: string }[];
}
