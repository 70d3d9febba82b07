import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Registry } from 'prom-client';
import { createMemoryStore, createPush, type Store } from 'push-core';
import { FakePush } from '../fixtures/fake-push.fixture.js';
import { runApp } from '../fixtures/http-app.fixture.js';
import { PUSH_METRICS } from './metric-table.js';
import { createPushMetrics, registerPushMetrics } from './push-metrics.js';

const scrape = async (push: FakePush, options = {}) =>
  (await createPushMetrics(push, { processMetrics: false, ...options })).text();
/** The samples of one metric, as written. */
const samplesOf = (text: string, name: string) =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

it('writes what the engine counted, as it is at the moment of the scrape', async () => {
  const push = new FakePush();
  const metrics = await createPushMetrics(push, { processMetrics: false });
  push.meters.accepted = 7;
  push.meters.retransmits = 2;
  push.meters.sent.set('websocket', 5).set('sse', 3);
  push.meters.acked.set('websocket', 4);
  push.meters.connections.set('websocket', 2);
  push.meters.dropped.set('user_frames', 9);
  push.status_ = { state: 'started', connections: 2, intakeQueue: 11, bus: { state: 'up' } };
  const text = await metrics.text();
  expect(samplesOf(text, 'push_messages_accepted_total')).toEqual(['push_messages_accepted_total 7']);
  expect(samplesOf(text, 'push_retransmits_total')).toEqual(['push_retransmits_total 2']);
  expect(samplesOf(text, 'push_entries_sent_total')).toEqual([
    'push_entries_sent_total{transport="websocket"} 5',
    'push_entries_sent_total{transport="sse"} 3',
  ]);
  expect(samplesOf(text, 'push_entries_acked_total')).toEqual(['push_entries_acked_total{transport="websocket"} 4']);
  expect(samplesOf(text, 'push_connections')).toEqual(['push_connections{transport="websocket"} 2']);
  expect(samplesOf(text, 'push_dropped_total')).toEqual(['push_dropped_total{reason="user_frames"} 9']);
  expect(samplesOf(text, 'push_queue_depth')).toEqual(['push_queue_depth{queue="intake"} 11']);

  push.meters.accepted = 8;
  push.meters.connections.set('websocket', 0);
  const later = await metrics.text();
  expect(samplesOf(later, 'push_messages_accepted_total')).toEqual(['push_messages_accepted_total 8']);
  expect(samplesOf(later, 'push_connections')).toEqual(['push_connections{transport="websocket"} 0']);
});

it('writes a histogram with cumulative buckets, sum and count', async () => {
  const push = new FakePush();
  push.meters.delivery = { bounds: [0.005, 0.1, 2.5], counts: [3, 0, 4, 2], sum: 12.5 };
  const text = await scrape(push);
  expect(text).toContain('# TYPE push_delivery_seconds histogram\n');
  expect(text.split('\n').filter((line) => line.startsWith('push_delivery_seconds'))).toEqual([
    'push_delivery_seconds_bucket{le="0.005"} 3',
    'push_delivery_seconds_bucket{le="0.1"} 3',
    'push_delivery_seconds_bucket{le="2.5"} 7',
    'push_delivery_seconds_bucket{le="+Inf"} 9',
    'push_delivery_seconds_sum 12.5',
    'push_delivery_seconds_count 9',
  ]);
});

it('writes how long each operation of a measured store took', async () => {
  const timings = new Map([['messages.append', { bounds: [0.01], counts: [1, 1], sum: 0.5 }]]);
  expect(samplesOf(await scrape(new FakePush(), { store: { timings } }), 'push_store_seconds_bucket')).toEqual([
    'push_store_seconds_bucket{operation="messages.append",le="0.01"} 1',
    'push_store_seconds_bucket{operation="messages.append",le="+Inf"} 2',
  ]);
});

it('writes what providers answered, how long they took, and what waits for them', async () => {
  const push = new FakePush();
  push.meters.notifications.set('apns accepted', 3).set('fcm token_invalid', 1);
  push.meters.notificationSeconds.set('apns', { bounds: [0.1], counts: [2, 1], sum: 0.9 });
  const store = { notifications: { pending: async () => 7 } } as unknown as Store;
  const text = await scrape(push, { store });
  expect(samplesOf(text, 'push_notifications_total')).toEqual([
    'push_notifications_total{provider="apns",result="accepted"} 3',
    'push_notifications_total{provider="fcm",result="token_invalid"} 1',
  ]);
  expect(samplesOf(text, 'push_notification_seconds_bucket')).toEqual([
    'push_notification_seconds_bucket{provider="apns",le="0.1"} 2',
    'push_notification_seconds_bucket{provider="apns",le="+Inf"} 3',
  ]);
  expect(samplesOf(text, 'push_queue_depth')).toEqual([
    'push_queue_depth{queue="intake"} 0',
    'push_queue_depth{queue="notifications"} 7',
  ]);
});

it('writes what became of credentials, what was given up, and whether the node is well', async () => {
  const push = new FakePush();
  push.meters.breakers.set('apns open', 2).set('fcm closed', 1);
  push.meters.dead.set('fcm attempts', 3);
  const text = await scrape(push);
  // All three states, so that an alert about one ends when it is left.
  expect(samplesOf(text, 'push_provider_breaker')).toEqual([
    'push_provider_breaker{provider="apns",state="closed"} 0',
    'push_provider_breaker{provider="apns",state="open"} 2',
    'push_provider_breaker{provider="apns",state="probing"} 0',
    'push_provider_breaker{provider="fcm",state="closed"} 1',
    'push_provider_breaker{provider="fcm",state="open"} 0',
    'push_provider_breaker{provider="fcm",state="probing"} 0',
  ]);
  expect(samplesOf(text, 'push_notifications_dead_total')).toEqual([
    'push_notifications_dead_total{provider="fcm",reason="attempts"} 3',
  ]);
  expect([samplesOf(text, 'push_ready'), samplesOf(text, 'push_bus_up')]).toEqual([
    ['push_ready 1'],
    ['push_bus_up 1'],
  ]);
  push.status_ = { ...push.status_, trouble: 'sweep', bus: { state: 'blocked' } };
  const later = await scrape(push);
  expect([samplesOf(later, 'push_ready'), samplesOf(later, 'push_bus_up')]).toEqual([
    ['push_ready 0'],
    ['push_bus_up 0'],
  ]);
});

it('has a label for tenants where it is asked for, and nowhere else', async () => {
  const push = new FakePush();
  push.meters.accepted = 5;
  push.meters.acceptedOf.set('acme', 3).set('other', 2);
  expect(samplesOf(await scrape(push, { tenants: true }), 'push_messages_accepted_total')).toEqual([
    'push_messages_accepted_total{tenant="acme"} 3',
    'push_messages_accepted_total{tenant="other"} 2',
  ]);
  expect(await scrape(push)).not.toContain('tenant=');
});

it('looks at a scrape whether what was accepted is there', async () => {
  const store = createMemoryStore();
  const push = createPush({ store });
  await push.start();
  const metrics = await createPushMetrics(push, { processMetrics: false, store });
  await push.publish('t', { to: { users: ['ann', 'bob'] }, type: 'x' });
  const text = await metrics.text();
  expect(samplesOf(text, 'push_conservation')).toEqual(
    expect.arrayContaining([
      'push_conservation{state="accepted"} 2',
      'push_conservation{state="pending"} 2',
      'push_conservation{state="lost"} 0',
    ]),
  );
  expect(samplesOf(text, 'push_conservation_violations_total')).toEqual(['push_conservation_violations_total 0']);
  expect(samplesOf(text, 'push_queue_depth')).toEqual([
    'push_queue_depth{queue="intake"} 0',
    'push_queue_depth{queue="fan-out"} 0',
    'push_queue_depth{queue="decisions"} 0',
    'push_queue_depth{queue="notifications"} 0',
  ]);
  const without = await createPushMetrics(push, { processMetrics: false, store, conservation: false });
  expect(await without.text()).not.toMatch(/^push_conservation/m);
  await push.close();
});

it('leaves out what the store would have to tell while it is away', async () => {
  const store = { notifications: { pending: () => Promise.reject(new Error('away')) } } as unknown as Store;
  expect(samplesOf(await scrape(new FakePush(), { store }), 'push_queue_depth')).toEqual([
    'push_queue_depth{queue="intake"} 0',
  ]);
});

it('escapes labels', async () => {
  const push = new FakePush();
  push.meters.dropped.set('a"b\\c\nd', 1);
  expect(await scrape(push)).toContain('push_dropped_total{reason="a\\"b\\\\c\\nd"} 1\n');
});

it('adds the metrics of the process, under the names of prom-client', async () => {
  const text = await scrape(new FakePush(), { processMetrics: true });
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds \S+$/m);
  expect(text).toMatch(/^nodejs_heap_size_used_bytes \d+$/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
});

it('keeps two engines apart, and joins a registry of the host', async () => {
  const [one, two] = [new FakePush(), new FakePush()];
  one.meters.accepted = 1;
  two.meters.accepted = 2;
  expect(await scrape(one)).toContain('push_messages_accepted_total 1\n');
  expect(await scrape(two)).toContain('push_messages_accepted_total 2\n');
  const registry = new Registry();
  registerPushMetrics(registry, two);
  expect(await registry.getSingleMetricAsString('push_messages_accepted_total')).toContain(
    'push_messages_accepted_total 2',
  );
});

it('is listed in docs/metrics.md, as it is', () => {
  const page = readFileSync(resolve(__dirname, '../../../../docs/metrics.md'), 'utf8');
  const cells = (line: string) => line.split('|').map((cell) => cell.trim());
  const rows = page.split('\n').filter((line) => /^\| `push_\S+` +\| \w+ +\| \S+ +\|/.test(line));
  const expected = PUSH_METRICS.map(
    ({ name, labels, type, unit, help }) =>
      `| \`${name}${labels === undefined ? '' : `{${labels.join(',')}}`}\` | ${type} | ${unit === '1' ? '–' : unit} | ${help} |`,
  );
  expect(rows.map(cells)).toEqual(expected.map(cells));
});

describe('GET /metrics', () => {
  it('is open, and says which format it is', async () => {
    const { app, push, call } = await runApp({ metrics: { processMetrics: false } });
    push.meters.accepted = 3;
    const answer = await call('GET', '/metrics', { key: '' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect(answer.text).toMatch(
      /^# HELP push_messages_accepted_total .+\n# TYPE push_messages_accepted_total counter\n/,
    );
    expect(answer.text).toContain('\npush_messages_accepted_total 3\n');
    expect((await call('HEAD', '/metrics', { key: '' })).status).toBe(200);
    expect((await call('GET', '/metrics?x=1', { key: '' })).body).toMatchObject({ code: 'UNKNOWN_FIELD' });
    expect((await call('GET', '/openapi.json')).body.paths).toHaveProperty('/metrics');
    await app.close();
  });

  it('is not there where nobody asked for it', async () => {
    const { app, call } = await runApp();
    expect((await call('GET', '/metrics')).status).toBe(404);
    expect((await call('GET', '/openapi.json')).body.paths).not.toHaveProperty('/metrics');
    await app.close();
  });
});
