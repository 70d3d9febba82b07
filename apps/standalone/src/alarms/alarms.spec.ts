import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createMemoryStore,
  PushError,
  type Histogram,
  type MemoryStore,
  type Meters,
  type PushStatus,
} from 'push-core';
import { offlineOver, verifyWebhook, type HttpRequest, type HttpResult } from 'push-core/providers';
import { ManualClock } from 'push-core/testing';
import { systemClock } from 'push-core';
import { AlarmPost } from './alarm-post.js';
import { alarmSecret, alarmWebhook, secretBytes } from './alarm-rules-of-config.js';
import { AlarmWatch } from './alarm-watch.js';
import type { Notice } from './alarm-board.js';
import { p99 } from './rules.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One node with numbers that a test sets as it likes. */
class Node {
  readonly told: string[] = [];
  readonly notices: Notice[] = [];
  readonly delivery = { bounds: [0.1, 5, 10], counts: [0, 0, 0, 0], sum: 0 };
  readonly breakers = new Map<string, number>();
  readonly dead = new Map<string, number>();
  readonly meters = {
    delivery: this.delivery as Histogram,
    breakers: this.breakers,
    dead: this.dead,
  } as unknown as Meters;
  state: PushStatus = { state: 'started', connections: 0, intakeQueue: 0, bus: { state: 'up' } };
  readonly watch: AlarmWatch;

  constructor(
    readonly node: string,
    clock: ManualClock,
    store: MemoryStore,
  ) {
    const push = { node, meters: this.meters, status: () => this.state, now: () => clock.now() };
    this.watch = new AlarmWatch(push, store, clock, (notice) => {
      this.notices.push(notice);
      this.told.push(`${notice.kind} ${notice.rule}${notice.about && ` ${notice.about}`}`);
    });
  }
}

describe('alarms', () => {
  let clock: ManualClock;
  let store: MemoryStore;
  let node: Node;
  const nodes: Node[] = [];
  const begin = (name: string): Node => {
    const one = new Node(name, clock, store);
    nodes.push(one);
    one.watch.start();
    return one;
  };

  beforeEach(async () => {
    clock = new ManualClock();
    store = createMemoryStore();
    await store.open();
    node = begin('a');
    await clock.advance(5 * MINUTE);
  });
  afterEach(async () => {
    await Promise.all(nodes.splice(0).map((one) => one.watch.stop()));
  });

  it('say nothing where nothing is wrong', () => expect(node.told).toEqual([]));

  it('tell of an open breaker at once, once, and once when it has stayed closed', async () => {
    node.breakers.set('apns open', 2).set('fcm closed', 9);
    await clock.advance(HOUR);
    expect(node.told).toEqual(['fired provider-breaker-open apns']);
    expect(node.notices[0]).toMatchObject({ severity: 'critical', text: expect.stringContaining('2 credentials') });
    // Asked in vain now and again: not over.
    node.breakers.set('apns open', 0).set('apns probing', 1);
    await clock.advance(30 * MINUTE);
    node.breakers.clear();
    await clock.advance(45_000);
    node.breakers.set('apns open', 1);
    await clock.advance(MINUTE);
    expect(node.told).toHaveLength(1);
    node.breakers.clear();
    await clock.advance(2 * MINUTE);
    expect(node.told).toEqual(['fired provider-breaker-open apns', 'resolved provider-breaker-open apns']);
  });

  it('tell again every four hours of what goes on', async () => {
    node.breakers.set('apns open', 1);
    await clock.advance(9 * HOUR);
    expect(node.told).toEqual([
      'fired provider-breaker-open apns',
      'still provider-breaker-open apns',
      'still provider-breaker-open apns',
    ]);
  });

  it('tell of notifications that die, not of a single one, and not for ever', async () => {
    node.dead.set('apns attempts', 3);
    await clock.advance(MINUTE);
    expect(node.told).toEqual([]);
    node.dead.set('apns attempts', 14);
    await clock.advance(MINUTE);
    expect(node.told).toEqual(['fired notifications-dying']);
    await clock.advance(15 * MINUTE);
    expect(node.told).toEqual(['fired notifications-dying', 'resolved notifications-dying']);
  });

  it('tell of a queue that stays deep, and keep to it between the bounds', async () => {
    node.state = { ...node.state, intakeQueue: 6000 };
    await clock.advance(MINUTE);
    node.state = { ...node.state, intakeQueue: 10 };
    await clock.advance(5 * MINUTE);
    expect(node.told).toEqual([]);
    node.state = { ...node.state, intakeQueue: 6000 };
    await clock.advance(3 * MINUTE);
    node.state = { ...node.state, intakeQueue: 3000 };
    await clock.advance(HOUR);
    expect(node.told).toEqual(['fired queue-deep intake']);
    node.state = { ...node.state, intakeQueue: 900 };
    await clock.advance(3 * MINUTE);
    expect(node.told).toEqual(['fired queue-deep intake', 'resolved queue-deep intake']);
  });

  it('tell of a store in trouble, by its own word or because it does not answer', async () => {
    node.state = { ...node.state, trouble: 'sweep' };
    await clock.advance(15_000);
    expect(node.told).toEqual([]);
    await clock.advance(MINUTE);
    node.state = { ...node.state, trouble: undefined };
    await clock.advance(MINUTE);
    const pending = store.jobs.pending.bind(store.jobs);
    store.jobs.pending = () => Promise.reject(new PushError('STORE_UNAVAILABLE', 'away'));
    await clock.advance(2 * MINUTE);
    store.jobs.pending = pending;
    await clock.advance(MINUTE);
    expect(node.told).toEqual([
      'fired store-trouble',
      'resolved store-trouble',
      'fired store-trouble',
      'resolved store-trouble',
    ]);
  });

  it('tell of a broker that is away', async () => {
    node.state = { ...node.state, bus: { state: 'down', reason: 'connect ECONNREFUSED amqp://ann:secret@rabbit' } };
    await clock.advance(MINUTE);
    expect(node.told).toEqual(['fired bus-away']);
    expect(JSON.stringify(node.notices)).not.toContain('secret');
    node.state = { ...node.state, bus: { state: 'up' } };
    await clock.advance(MINUTE);
    expect(node.told).toEqual(['fired bus-away', 'resolved bus-away']);
  });

  it('tell of slow deliveries, where there are enough to tell', async () => {
    for (let minute = 0; minute < 3; minute++) {
      node.delivery.counts[3]! += 10;
      await clock.advance(MINUTE);
    }
    expect(node.told).toEqual([]);
    for (let minute = 0; minute < 8; minute++) {
      node.delivery.counts[0]! += 900;
      node.delivery.counts[3]! += 100;
      await clock.advance(MINUTE);
    }
    expect(node.told).toEqual(['fired delivery-slow']);
    for (let minute = 0; minute < 10; minute++) {
      node.delivery.counts[0]! += 1000;
      await clock.advance(MINUTE);
    }
    expect(node.told).toEqual(['fired delivery-slow', 'resolved delivery-slow']);
  });

  describe('of several nodes', () => {
    it('tell of one that is lost, by one of the others only, and that it came back', async () => {
      const [b, c] = [begin('b'), begin('c')];
      await clock.advance(MINUTE);
      // Killed: it neither looks nor says good-bye.
      nodes.splice(nodes.indexOf(b), 1);
      const settings = { ...store.settings };
      await b.watch.stop();
      await store.settings.put({ tenant: 'server alarms', name: 'node.b' }, '{}', clock.now());
      expect(settings).toBeDefined();
      await clock.advance(5 * MINUTE);
      expect([node.told, c.told]).toEqual([['fired node-lost b'], []]);
      const back = begin('b');
      await clock.advance(MINUTE);
      expect(node.told).toEqual(['fired node-lost b', 'resolved node-lost b']);
      expect(back.told).toEqual([]);
    });

    it('do not tell of one that ended in good order', async () => {
      const b = begin('b');
      await clock.advance(MINUTE);
      await nodes.pop()?.watch.stop();
      await clock.advance(HOUR);
      expect([node.told, b.told]).toEqual([[], []]);
    });

    it('tell once of what all of them see', async () => {
      const b = begin('b');
      store.notifications.pending = async () => 50_000;
      await clock.advance(10 * MINUTE);
      expect([node.told, b.told]).toEqual([['fired queue-deep notifications'], []]);
    });
  });
});

const NOTICE: Notice = {
  kind: 'fired',
  rule: 'bus-away',
  severity: 'warning',
  about: '',
  text: 'The broker is down',
  since: 1,
  at: 1,
};
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('the way of alarms to the webhook', () => {
  const answered = (status: number): HttpResult => ({
    kind: 'answered',
    status,
    headers: {},
    body: '',
    truncated: false,
  });

  it('outlives a webhook that is down: in order, the same id at each attempt, and tells of it once', async () => {
    const clock = new ManualClock();
    const asked: HttpRequest[] = [];
    let up = false;
    const changes: (string | undefined)[] = [];
    const post = new AlarmPost(
      { url: 'https://hooks.example/x', node: 'a' },
      {
        request: async (request) => {
          asked.push(request);
          return up
            ? answered(204)
            : asked.length % 2 === 0
              ? answered(500)
              : { kind: 'refused', reason: 'ECONNREFUSED' };
        },
      },
      clock,
      (trouble) => changes.push(trouble),
    );
    post.put(NOTICE);
    await clock.advance(1);
    post.put({ ...NOTICE, kind: 'resolved', at: 700_000 });
    await clock.advance(2 * HOUR);
    expect(new Set(asked.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.length).toBeLessThan(40);
    expect(changes).toEqual(['ECONNREFUSED']);
    up = true;
    const before = asked.length;
    await clock.advance(6 * MINUTE);
    expect(asked.slice(before).map(({ body }) => (JSON.parse(body as string) as { type: string }).type)).toEqual([
      'alarm.fired',
      'alarm.resolved',
    ]);
    expect([post.length, changes]).toEqual([0, ['ECONNREFUSED', undefined]]);
    await post.close();
  });

  it('holds a bounded number of them', async () => {
    const clock = new ManualClock();
    const post = new AlarmPost(
      { url: 'https://hooks.example/x', node: 'a' },
      { request: async () => answered(500) },
      clock,
    );
    for (let n = 0; n < 1000; n++) post.put(NOTICE);
    expect(post.length).toBe(200);
    await post.close();
  });

  describe('over the network', () => {
    let server: Server;
    let url: string;
    const got: { headers: Record<string, string>; body: string }[] = [];
    beforeEach(async () => {
      got.length = 0;
      server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          got.push({ headers: request.headers as Record<string, string>, body });
          response.writeHead(204).end();
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0`;
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    it('is signed as Standard Webhooks are, and readable by people and programs', async () => {
      const { http } = offlineOver([], { allow: [new URL(url).host] });
      const post = new AlarmPost({ url, secret: secretBytes(SECRET), node: 'a' }, http, systemClock);
      post.put({ ...NOTICE, about: 'apns', at: Date.now() });
      await post.close();
      await http.close();
      const [request] = got;
      expect(verifyWebhook([SECRET], request!.headers, request!.body, Date.now())).toEqual(
        expect.objectContaining({ kind: 'genuine' }),
      );
      expect(JSON.parse(request!.body)).toMatchObject({
        type: 'alarm.fired',
        text: '🔴 nest-push, node a: bus-away (apns): The broker is down',
        data: { alarm: 'bus-away', about: 'apns', severity: 'warning', node: 'a', since: 1 },
      });
    });

    it('goes through the egress guard', async () => {
      const { http } = offlineOver([]);
      const changes: (string | undefined)[] = [];
      const post = new AlarmPost({ url, node: 'a' }, http, systemClock, (trouble) => changes.push(trouble));
      post.put(NOTICE);
      await post.close();
      await http.close();
      expect(got).toEqual([]);
      expect(changes).toEqual([expect.stringContaining('PUSH_EGRESS_ALLOW')]);
    });
  });
});

it('judges what the environment says of alarms, without repeating it', () => {
  expect(alarmWebhook('https://hooks.example/T0/B0/x')).toBeUndefined();
  for (const wrong of ['hooks.example', 'ftp://x/canary', 'https://ann:canary@x/']) {
    expect(alarmWebhook(wrong)).toMatch(/must be an https/);
    expect(alarmWebhook(wrong)).not.toContain('canary');
  }
  expect(alarmSecret(SECRET)).toBeUndefined();
  for (const wrong of ['canary', `whsec_${Buffer.from('canary').toString('base64')}`])
    expect(alarmSecret(wrong)).toMatch(/^must be whsec_/);
});

it('reads the slowest hundredth off two histograms', () => {
  const histogram = (counts: number[]): Histogram => ({ bounds: [1, 2], counts, sum: 0 });
  expect(p99(histogram([0, 0, 0]), histogram([0, 0, 0]))).toEqual({ seconds: 0, count: 0 });
  expect(p99(histogram([990, 10, 0]), histogram([0, 0, 0]))).toEqual({ seconds: 1, count: 1000 });
  expect(p99(histogram([989, 11, 0]), histogram([0, 0, 0]))).toEqual({ seconds: 2, count: 1000 });
  expect(p99(histogram([500, 0, 100]), histogram([500, 0, 0]))).toEqual({ seconds: Infinity, count: 100 });
});
