import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AppendRequest } from 'push-core';
import { DataSource } from 'typeorm';
import { createTypeOrmStore, typeOrmTransaction, type TypeOrmStore } from '../index.js';
import { runSteps } from '../steps.js';
import type { Steps } from '../steps.js';
import { tableNames } from '../table-names.js';
import { mysqlDialect } from './dialect.js';
import { administrator, temporaryDatabase, type Administrator } from './mysql-harness.fixture.js';

const NOW = 1_760_000_000_000;
const tenant = 't';
/** A row with everything a statement may go on with. */
const ANSWER = {
  ...{ at: 0, tenant, stream: 's', head: 3, first: 1, seq: 1, page: 0 },
  ...{ id: 'm', kind: 'fan-out', recalled_at: NOW, attempts: 0, digest: 'd', message_id: 'm' },
  ...{ user: 'u', device: 'd', state: 'sending', due_at: NOW, unknown_attempts: 0 },
};

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

const append = (id: string, streams: readonly string[], more: Partial<AppendRequest> = {}): AppendRequest => ({
  message: { tenant, id, type: 'x', data: '1', to: { all: true }, options: {}, acceptedAt: NOW, expiresAt: NOW * 2 },
  targets: streams.map((stream) => ({ stream })),
  when: 'now',
  ...more,
});

describe('Statements on MariaDB', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>;
  let server: Administrator;
  let store: TypeOrmStore;

  beforeEach(async () => {
    database = await temporaryDatabase();
    server = await administrator(database.name);
    store = createTypeOrmStore({ url: database.url }, { deadlineMs: 30_000 });
    await store.open();
  });
  afterEach(async () => {
    await store.close();
    await server.end();
    await database.drop();
  });

  it('read many pages of any length, each in its place', async () => {
    const lengths = times(150, (i) => i % 30);
    const streams = lengths.map((_, i) => `s${i}`);
    for (let round = 1; round <= 29; round++) {
      const longer = streams.filter((_, i) => (lengths[i] as number) >= round);
      await store.messages.append([append(`m${round}`, longer, round % 5 ? {} : { message: threaded(`m${round}`) })]);
    }
    const read = async (after: number, limit: number, thread?: string) => {
      const pages = await store.messages.read(
        streams.map((stream) => ({ tenant, stream, after, limit, ...(thread ? { thread } : {}) })),
      );
      return pages.map(({ entries }) => entries.map(({ seq, message }) => [seq, message.id]));
    };
    const expected = (after: number, limit: number, every = 1) =>
      lengths.map((length) =>
        times(length, (i) => [i + 1, `m${i + 1}`] as const)
          .filter(([seq]) => seq > after && seq % every === 0)
          .slice(0, limit),
      );
    expect(await read(0, 100)).toEqual(expected(0, 100));
    expect(await read(5, 3)).toEqual(expected(5, 3));
    expect(await read(20, 8)).toEqual(expected(20, 8));
    expect(await read(1, 2, 'thread')).toEqual(expected(1, 2, 5));
  });

  it('answer about more than fits one statement, each in its place', async () => {
    const users = times(2345, (i) => `u${i}`);
    await store.messages.append([
      append(
        'm',
        users.map((user) => `@${user}`),
      ),
    ]);
    const states = await store.messages.states([...users, 'nobody'].map((user) => ({ tenant, stream: `@${user}` })));
    expect(states.map(({ head }) => head)).toEqual([...users.map(() => 1), 0]);

    const refs = users.map((user) => ({ tenant, user }));
    const revoked = users.map((_, i) => (i % 1000 === 999 ? NOW + i : undefined));
    for (const [i, at] of revoked.entries()) if (at) await store.access.revoke({ tenant, user: `u${i}`, at });
    expect(await store.access.revokedAt(refs)).toEqual(revoked);

    const move = { connection: 'c', transport: 'websocket', online: true, at: NOW, device: 'd' };
    await store.presence.record(users.map((user, i) => ({ ...move, tenant, user, node: `n${i % 3}` })));
    for (const node of ['n0', 'n2']) await store.presence.lease(node, NOW, NOW + 1000);
    const holders = await store.presence.holders(refs, NOW);
    expect(holders).toEqual(users.map((_, i) => (i % 3 === 1 ? [] : [`n${i % 3}`])));
    const present = await store.presence.load(tenant, users, NOW);
    expect(present.map(([one]) => one?.node)).toEqual(users.map((_, i) => `n${i % 3}`));

    const position = { epoch: 'e', seq: 1 };
    const marked = users.map((user) => ({ tenant, stream: `@${user}`, user, position, at: NOW }));
    expect(new Set(await store.reads.advance(marked))).toEqual(new Set([true]));
    const marks = await store.reads.changedSince(refs.map((ref) => ({ ...ref, since: 0 })));
    expect(marks.map(([mark]) => mark?.stream)).toEqual(users.map((user) => `@${user}`));
  });

  it('keep what differs only in spaces, case or composition apart, and in order', async () => {
    const keys = ['k', 'k ', 'k  ', 'K', 'é', 'e\u0301', '\u{1F600}', '\uffee'];
    const idempotency = (key: string) => ({ key, fingerprint: 'f', keepUntil: NOW });
    const keyed = (id: string) =>
      keys.map((key, i) => append(`${id}${i}`, ['room'], { idempotency: idempotency(key) }));
    expect((await store.messages.append(keyed('m'))).map(({ kind }) => kind)).toEqual(keys.map(() => 'stored'));
    expect((await store.messages.append(keyed('n'))).map((one) => one.kind === 'duplicate' && one.id)).toEqual(
      keys.map((_, i) => `m${i}`),
    );
    const users = ['é', 'e\u0301', '\u{1F600}', '\uffee', 'Z', 'a'];
    await store.topics.subscribe(tenant, 'news', users, NOW);
    const listed = await store.topics.subscribers(tenant, 'news', '', 10);
    expect(listed.map(({ user }) => user)).toEqual(['Z', 'a', 'e\u0301', 'é', '\uffee', '\u{1F600}']);
  });

  it('append on a connection of the host’s, which has other settings', async () => {
    const host = new DataSource({ type: 'mariadb', url: database.url, bigNumberStrings: true });
    await host.initialize();
    const idempotency = { key: 'k', fingerprint: 'f', keepUntil: NOW };
    const inHost = (requests: readonly AppendRequest[]) =>
      host.transaction((manager) => typeOrmTransaction(manager).append(requests));
    try {
      const first = [append('m0', ['a', 'b']), append('m1', ['b'], { idempotency })];
      await inHost(first);
      const again = await inHost([append('m2', ['b']), ...first, append('m3', ['a', 'b'])]);
      const epoch = (await store.messages.states([{ tenant, stream: 'a' }]))[0]?.epoch;
      const place = (stream: string, seq: number) => ({ stream, epoch, seq });
      expect(again).toEqual([
        { kind: 'stored', places: [place('b', 3)] },
        { kind: 'duplicate', id: 'm0', acceptedAt: NOW },
        { kind: 'duplicate', id: 'm1', acceptedAt: NOW },
        { kind: 'stored', places: [place('a', 2), place('b', 4)] },
      ]);
      const job = { tenant, kind: 'fan-out', id: 'm4', payload: '{}', position: 0, size: 2, dueAt: NOW };
      await inHost([append('m4', [], { job })]);
      const step = { tenant, kind: 'fan-out', id: 'm4', from: 0, to: 1, owner: 'o', leaseUntil: NOW };
      const pages = await inHost([append('m4', ['a'], { when: 'page', job: step })]);
      expect(pages).toEqual([{ kind: 'stored', places: [place('a', 3)] }]);
    } finally {
      await host.destroy();
    }
  });

  it('find long streams by their length, and take a rounded one for what it is', async () => {
    await store.messages.append(times(130, (i) => append(`m${i}`, i < 65 ? ['long', 'longer'] : ['longer'])));
    const trimmed = (keepPerStream: number) =>
      store.messages.trim({ acceptedBefore: 0, keepPerStream, limit: 1000, now: 0 });
    expect(await trimmed(130)).toBe(0);
    expect(await trimmed(129)).toBe(1);
    expect(await trimmed(65)).toBe(64);
    expect(await trimmed(64)).toBe(2);
    expect(await trimmed(3)).toBe(122);
  });

  describe('that are made again and again do not walk a table', () => {
    const sql = mysqlDialect(tableNames());
    const set = times(3, (i) => `x${i}`);
    const pairs = set.map((name) => [tenant, name] as const);
    const name = [tenant, 'm', 'u', 'd'] as const;
    const names = [name];
    const devices = set.map((name) => [tenant, name, 'd'] as const);

    it.each<[string, () => Steps<unknown>]>([
      ['used keys', () => sql.usedKeys(pairs)],
      ['messages', () => sql.lockMessages(pairs)],
      ['streams', () => sql.states(pairs)],
      ['a few pages', () => sql.entries(pairs.map((pair) => [...pair, 0, 10, null]))],
      ['many pages', () => sql.entries(times(40, (i) => [tenant, `s${i}`, 0, 10, null]))],
      ['places of a message', () => sql.places(tenant, 'm')],
      ['held messages', () => sql.due(NOW, 10, ['x', 'y'])],
      ['places recalled', () => sql.recalledSince(pairs, NOW)],
      ['retention by age', () => sql.agedStreams(NOW, 10, ['x', 'y'])],
      ['retention by the age of a tenant', () => sql.agedStreamsOf(tenant, NOW, 10)],
      ['retention by number', () => sql.longStreams(1000, 10)],
      ['the first young entry', () => sql.firstYoung(tenant, 's', 1, 9, NOW)],
      ['orphans', () => sql.deleteOrphans(pairs)],
      ['keys to forget', () => sql.deleteKeys(NOW, 10)],
      ['cursors', () => sql.cursors(devices)],
      ['places reached', () => sql.reached(tenant, [['s', 'e', 1]])],
      ['subscriptions', () => sql.subscriptions(pairs)],
      ['subscribers', () => sql.subscribers(tenant, 'news', 'a', 10)],
      ['follows', () => sql.follows(devices)],
      ['read marks', () => sql.marksSince(pairs.map((pair) => [...pair, NOW]))],
      ['readers', () => sql.readers(tenant, [['s', 'e', 1, 'x']])],
      ['unread entries', () => sql.unread([[tenant, 's', 'u', 0, null, NOW]], 'e')],
      ['presence', () => sql.presence(tenant, set)],
      ['holders', () => sql.holders(pairs, NOW)],
      ['the end of connections', () => sql.endPresence([[tenant, 'u', 'd', 'c', 'n', 'websocket', NOW, null]])],
      ['the end of a node', () => sql.endConnections('n')],
      ['revocations', () => sql.revokedAt(pairs)],
      ['tickets to forget', () => sql.dropTickets(NOW)],
      ['claiming', () => sql.claimJobs('fan-out', 'n', NOW, NOW, 3, ['busy'])],
      ['steps', () => sql.stepJobs([[tenant, 'fan-out', 'm', 0, 1, 'n', NOW]])],
      ['taking', () => sql.takeJobs('offline', 'n', NOW, NOW, 3, 2, ['x'])],
      ['hastening', () => sql.hastenJobs([[tenant, 'offline', 'm']], NOW)],
      ['locking jobs', () => sql.lockJobs([[tenant, 'offline', 'm', 'n']])],
      ['moving jobs', () => sql.moveJobs([[tenant, 'offline', 'm', '{}', NOW, 'n', NOW]])],
      ['dropping jobs', () => sql.dropJobs([[tenant, 'offline', 'm']])],
      ['whole messages', () => sql.messages(pairs)],
      ['places of messages', () => sql.placesOf(pairs)],
      ['places in some streams', () => sql.placesIn(tenant, 'm', set)],
      ['messages to spare', () => sql.spareMessages(pairs, NOW)],
      ['who has reached a place', () => sql.reachedBy([[tenant, 's', 'u', 'e', 1]])],
      ['who has read a place', () => sql.covers([[tenant, 's', 'u', 'e', 1, 'x']])],
      ['devices', () => sql.devices(pairs)],
      ['tokens', () => sql.tokens(pairs)],
      ['whose a token is', () => sql.lockTokens(pairs)],
      ['the other tokens of a device', () => sql.dropOtherTokens([tenant, 'u', 'd'], ['x'])],
      ['dropping tokens', () => sql.dropTokens([[tenant, 'x', 'u', 'd', NOW]])],
      ['users with a token', () => sql.tokenUsers(tenant, 'u', 10)],
      ['settings', () => sql.settings(pairs)],
      ['some settings', () => sql.settingsFrom(tenant, 'provider.', 'provider/')],
      ['preferences', () => sql.preferences(pairs)],
      ['claiming notifications', () => sql.claimNotifications('n', NOW, NOW, 3, 2, ['x'])],
      ['locking notifications', () => sql.lockNotifications(names, 'sending', 'n')],
      ['marking notifications', () => sql.markNotifications([[...name, NOW, null, null, null, null]])],
      ['replaying notifications', () => sql.replayNotifications(names, NOW)],
      ['waiting notifications', () => sql.waitingNotifications(tenant, 'apns', ['x', 'y'], NOW, 10)],
      ['hastening notifications', () => sql.hastenNotifications(names, NOW)],
      ['dropping notifications', () => sql.dropNotifications(names)],
      ['notifications of a message', () => sql.notifications(tenant, 'm', null, ['u', 'd'], 10)],
      ['notifications of a user', () => sql.notifications(tenant, 'm', 'u', ['', ''], 10)],
      ['counting notifications', () => sql.countNotifications(tenant, set)],
      ['outstanding notifications', () => sql.outstandingNotifications([[tenant, 'u', NOW]], 200)],
      ['notifications sent', () => sql.sentNotifications([[tenant, 'u', 'd', 'apns', NOW]])],
      ['recent notifications', () => sql.recentNotifications([[tenant, 'u', 'x', NOW]])],
      ['a provider’s name', () => sql.notificationNamed(tenant, 'apns', 'x')],
      ['dead notifications', () => sql.deadNotifications(tenant, 0, 10)],
      ['counting what is to be sent', () => sql.countOpenNotifications()],
      ['old notifications', () => sql.trimNotifications(NOW, 10)],
      ['counting jobs', () => sql.countJobs('fan-out')],
      ['dead jobs', () => sql.deadJobs(tenant, 'fan-out', 10)],
    ])('%s', async (_, unit) => {
      const asked: { sql: string; parameters: readonly unknown[] }[] = [];
      runSteps(unit(), (text, parameters) => {
        asked.push({ sql: text, parameters });
        return [{ ...ANSWER }];
      });
      for (const one of asked) {
        const plan = await server.run(`EXPLAIN ${one.sql}`, ...one.parameters);
        const walks = plan.filter(({ table, type, select_type }) =>
          select_type !== 'INSERT' && /^push_|^[a-z]$/.test(table as string) && table !== 'j' && table !== 'x'
            ? type === 'ALL' || type === 'index'
            : false,
        );
        expect([one.sql, walks]).toEqual([one.sql, []]);
      }
    });
  });
});

const threaded = (id: string): AppendRequest['message'] => ({ ...append(id, []).message, thread: 'thread' });
