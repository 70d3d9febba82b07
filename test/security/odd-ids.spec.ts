import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTypeOrmStore } from 'nest-push/typeorm';
import { createPush, systemClock, type Link, type Push, type SharedFrame } from 'push-core';
import type { PushFrame, ServerFrame } from 'push-core/wire';
import { eventually } from '../support/eventually.js';
import { API_KEY, World } from './support/world.js';

jest.setTimeout(60_000);

/** The contract's words on ids, said once more and apart from the engine's own check. */
const isId = (text: string): boolean => {
  const characters = [...text];
  return characters.length >= 1 && characters.length <= 128 && !characters.some((one) => /[\s\p{Cc}\p{Cs}]/u.test(one));
};
const isTopicName = (text: string): boolean => isId(text) && !text.startsWith('@');

/** Names that mean something to somebody on the way: shells, SQL, patterns, brokers, paths, keys glued together. */
const MEANINGFUL = [
  '#',
  '*',
  '.',
  '..',
  '+',
  '$SYS',
  '$SYS/#',
  '@',
  '@me',
  '@all',
  '@ann',
  'ann',
  'ANN',
  'Ann',
  'ann.',
  'ann*',
  'ann#',
  'a.n.n',
  '%',
  '_',
  'a%',
  'a_n',
  "'",
  '"',
  '`',
  "a'b",
  "' OR 1=1 --",
  "';DROP/**/TABLE/**/push_entries;--",
  '\\',
  'a\\',
  ';',
  '--',
  '/*',
  '0',
  '00',
  '-1',
  '1e3',
  'null',
  'true',
  '__proto__',
  'constructor',
  'a:b',
  'a|b',
  'a,b',
  'a/b',
  'a?b',
  'a&b',
  '{a}',
  '[a]',
  '<b>',
  '%00',
  '%20',
  'é',
  'e\u0301',
  'ﬁ',
  'fi',
  'İ',
  'i̇',
  'ß',
  'ss',
  'Å',
  'Å',
  '\u200b',
  'a\u200b',
  '\u202ea',
  '\ufeff',
  'a\ufeff',
  '😀',
  '👨‍👩‍👧',
  '\u{10ffff}',
  '\ufffd',
  // Refused:
  '',
  ' ',
  'a b',
  'a ',
  ' a',
  '\n',
  'a\nb',
  'a\r',
  '\u0000',
  'a\u0000b',
  '\t',
  '\u007f',
  '\u0085',
  '\u2028',
  '\u3000',
  '\ud800',
  'a\udc00',
  'x'.repeat(128),
  'x'.repeat(129),
  '😀'.repeat(128),
  '😀'.repeat(129),
];
const unit = fc.constantFrom(
  ...[...'aA.*#@+$%_\'"\\/:;,|-0 \n\t\u0000\u200b\u00e9\u0301😀\ud800'].concat('\udc00', 'é'),
);
const idLike = fc.oneof(fc.constantFrom(...MEANINGFUL), fc.string({ unit, minLength: 1, maxLength: 12 }), fc.string());

/** Several at once, of which some are each other's look-alikes. */
const idsAtOnce = fc.oneof(
  fc.uniqueArray(idLike, { minLength: 2, maxLength: 4 }),
  fc
    .tuple(idLike, fc.nat(), fc.nat())
    .map(([id, one, other]) => [
      ...new Set([id, lookAlikes(id)[one % LOOK_ALIKES]!, lookAlikes(id)[other % LOOK_ALIKES]!]),
    ]),
);
const lookAlikes = (id: string): string[] => [
  id.toUpperCase(),
  id.toLowerCase(),
  id.normalize('NFC'),
  id.normalize('NFD'),
  id.normalize('NFKC'),
  `${id}.`,
  `${id}*`,
  `${id}%`,
  `${id}_`,
  `@${id}`,
  `${id}\u200b`,
  `${id}\u0000`,
  `${id} `,
];
const LOOK_ALIKES = lookAlikes('').length;
const EXAMPLES: [string[]][] = [
  [['ann', 'ANN', 'Ann', 'ann.']],
  [['é', 'e\u0301', 'É']],
  [['a%', 'a_', 'ab', 'a*']],
  [['@ann', '@', '@me', '@all']],
];

/** A device behind a link that signs for everything at once. */
class Device implements Link {
  readonly transport = 'test';
  readonly resends = 'in place';
  readonly lingerMs = 0;
  readonly frames: ServerFrame[] = [];
  private readonly handler;

  constructor(push: Push, token: string, device: string) {
    this.handler = push.accept(this);
    this.handler.received(JSON.stringify({ op: 'connect', token, device, resume: { '@me': 'start' } }));
  }
  send(frames: readonly SharedFrame[]): void {
    for (const { text } of frames) for (const line of text.split('\n')) this.take(JSON.parse(line) as ServerFrame);
  }
  private take(frame: ServerFrame): void {
    this.frames.push(frame);
    if (frame.op !== 'push') return;
    systemClock.soon(() => this.handler.received(JSON.stringify({ op: 'ack', s: frame.s, seq: frame.seq })));
  }
  got(s: string): unknown[] {
    return this.frames.filter((one): one is PushFrame => one.op === 'push' && one.s === s).map(({ data }) => data);
  }
  bufferedBytes = () => 0;
  ping(): void {}
  close(): void {}
  leave(): void {
    this.handler.closed();
  }
}

describe('ids like those an attacker would choose', () => {
  let dir: string;
  let push: Push;
  /** By user and by topic, everything that was ever published to it. */
  const owed = { users: new Map<string, number[]>(), topics: new Map<string, number[]>() };
  let published = 0;
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'push-security-'));
    push = createPush({
      store: createTypeOrmStore({ url: `sqlite:${path.join(dir, 'push.db')}` }),
      // A token is its user's name.
      authenticator: {
        authenticate: async (user) => ({ kind: 'valid', identity: { tenant: 't', user, issuedAt: Date.now() } }),
      },
      limits: { cursorFlushMs: 20 },
    });
    await push.start();
  });
  afterAll(async () => {
    await push?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const note = (kind: 'users' | 'topics', id: string): number => {
    const value = (published += 1);
    owed[kind].set(id, [...(owed[kind].get(id) ?? []), value]);
    return value;
  };
  const refused = (work: Promise<unknown>) =>
    expect(work).rejects.toMatchObject({ code: expect.stringMatching(/^(INVALID|NO_AUDIENCE)$/) });

  it('are refused, or come back exactly, and touch nobody else: users and devices', async () => {
    await fc.assert(
      fc.asyncProperty(idsAtOnce, async (ids) => {
        const good = ids.filter(isId);
        for (const bad of ids.filter((id) => !isId(id))) {
          await refused(push.publish('t', { to: { users: [bad] }, type: 'x' }));
          await refused(push.inbox('t', bad));
          await refused(push.putDevice({ tenant: 't', user: 'u', device: bad }, { platform: 'web', tokens: [] }));
          await refused(push.subscribe('t', 'news', [bad]));
          await refused(push.disconnect('t', bad));
        }
        const sent = new Map<string, { id: string; value: number }>();
        for (const user of good) {
          const value = note('users', user);
          sent.set(user, {
            value,
            id: (await push.publish('t', { to: { users: [user] }, type: 'x', data: value })).id,
          });
        }
        for (const user of good) {
          // The device is called like its user.
          const device = new Device(push, user, user);
          const all = owed.users.get(user)!;
          await eventually(() => device.got('@me').includes(sent.get(user)!.value));
          const got = device.got('@me');
          expect(got).toEqual(all.slice(-got.length));
          await eventually(async () => (await push.message('t', sent.get(user)!.id)).counts.delivered === 1);
          device.leave();
          const inbox = await push.inbox('t', user, { limit: 500 });
          expect(inbox.entries.map(({ data }) => data)).toEqual(all);
          const [presence] = await push.presence('t', [user]);
          expect([presence!.user, ...presence!.devices.map((one) => one.device)]).toEqual([user, user]);
        }
      }),
      { numRuns: 80, seed: 20_260_101, examples: EXAMPLES },
    );
  });

  it('are refused, or come back exactly, and touch nobody else: topics', async () => {
    await fc.assert(
      fc.asyncProperty(idsAtOnce, async (ids) => {
        for (const bad of ids.filter((id) => !isTopicName(id))) {
          await refused(push.subscribe('t', bad, ['listener']));
          await refused(push.publish('t', { to: { topics: [bad] }, type: 'x' }));
        }
        const good = ids.filter(isTopicName);
        const listeners = good.map((topic, at) => ({ topic, user: `listener-${published}-${at}` }));
        for (const { topic, user } of listeners) await push.subscribe('t', topic, [user]);
        const devices = listeners.map(({ topic, user }) => ({ topic, device: new Device(push, user, 'd1') }));
        for (const { device } of devices) await eventually(() => device.frames.some(({ op }) => op === 'connected'));
        for (const topic of good) {
          const value = note('topics', topic);
          await push.publish('t', { to: { topics: [topic] }, type: 'x', data: value });
        }
        for (const { topic, device } of devices) {
          const [value] = owed.topics.get(topic)!.slice(-1);
          await eventually(() => device.got(topic).length > 0);
          // Its own topic's message, and no other's.
          expect(device.frames.filter(({ op }) => op === 'push')).toMatchObject([{ s: topic, data: value }]);
          expect((await push.subscribers('t', topic, { limit: 1000 })).map(({ user }) => user)).toContain(
            listeners.find((one) => one.topic === topic)!.user,
          );
          device.leave();
        }
        for (const { topic, user } of listeners) await push.unsubscribe('t', topic, [user]);
        for (const { topic } of listeners) expect(await push.subscribers('t', topic)).toEqual([]);
      }),
      { numRuns: 80, seed: 20_260_102, examples: EXAMPLES },
    );
  });

  it('left everybody with exactly what was theirs', async () => {
    expect(owed.users.size).toBeGreaterThan(40);
    for (const [user, values] of owed.users) {
      const { entries } = await push.inbox('t', user, { limit: 500 });
      expect([user, entries.map(({ data }) => data)]).toEqual([user, values]);
    }
  });
});

describe('ids and filters in requests', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    await world.publish('ann', 1);
  });
  afterAll(() => world?.close());
  const get = (route: string) => world.call('GET', route, { bearer: API_KEY });

  it.each([
    ['NUL', 'a%00b'],
    ['a line break', 'a%0Ab'],
    ['CR LF and a header', 'a%0D%0AX-Evil:1'],
    ['half a surrogate', '%ED%A0%80'],
    ['no UTF-8', '%FF%FE'],
    ['129 characters', 'x'.repeat(129)],
    ['white space', 'a%20b'],
  ])('an id with %s in the path is refused', async (_what, id) => {
    for (const route of [`/v1/users/${id}/inbox`, `/v1/users/${id}/devices`, `/v1/topics/${id}/subscribers`]) {
      const answer = await get(route);
      expect([route, answer.status]).toEqual([route, 400]);
      expect(answer.headers.get('x-evil')).toBeNull();
    }
  });

  it('an id of a megabyte is refused, in a path, in a header and in a body', async () => {
    const huge = 'x'.repeat(1024 * 1024);
    for (const attempt of [
      get(`/v1/users/${huge}/inbox`),
      world.call('GET', '/v1/users/ann/inbox', { bearer: API_KEY, headers: { 'X-Tenant': huge } }),
    ]) {
      // Node refuses a head that large, and may hang up while it is still being sent.
      const status = await attempt.then((answer) => answer.status).catch(() => 431);
      expect([400, 414, 431]).toContain(status);
    }
    const body = { to: { users: [huge] }, type: 't' };
    const answer = await world.call('POST', '/v1/messages', { bearer: API_KEY, body });
    expect([answer.status, answer.body.field]).toEqual([400, 'to.users[0]']);
    expect(answer.text.length).toBeLessThan(2000);
  });

  it.each([
    "thread=' OR 1=1 --",
    'after=0;DROP TABLE push_entries',
    'after=0 OR 1=1',
    'limit=1 UNION SELECT 1',
    'limit=1e9',
    'after[]=1',
    'after[$gt]=0',
    'after=1&after=2',
    'order=seq;DELETE',
    'sort[__proto__]=1',
    '__proto__[x]=1',
  ])('a filter of SQL or of another shape is no filter: %s', async (query) => {
    const [name, ...value] = query.split('=');
    const answer = await get(`/v1/users/ann/inbox?${name}=${encodeURIComponent(value.join('='))}`);
    if (query.startsWith('thread')) expect([200, 400]).toContain(answer.status);
    else expect(answer.status).toBe(400);
    if (answer.status === 200) expect(answer.body.entries).toEqual([]);
    expect((await get('/v1/users/ann/inbox')).body.head).toBe(1);
  });

  it('message ids are only looked up', async () => {
    for (const id of [
      "' OR '1'='1",
      '*',
      '%',
      '_',
      '..%2f..%2fetc%2fpasswd',
      'a%00',
      '1;DROP TABLE push_messages',
      '__proto__',
    ]) {
      const encoded = id.includes('%0') || id.includes('%2') ? id : encodeURIComponent(id);
      expect([400, 404]).toContain((await get(`/v1/messages/${encoded}`)).status);
    }
  });
});
