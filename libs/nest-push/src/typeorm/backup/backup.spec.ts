import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { AppendRequest, Message } from 'push-core';
import { backupDatabase, createTypeOrmStore, inspectBackup, restoreDatabase, type TypeOrmStore } from '../index.js';
import { HOSTS, type HostPlace } from '../transaction-hosts.fixture.js';

const T0 = 1_760_000_000_000;
const FAR = 4_000_000_000_000;
const ann = { tenant: 't', user: 'ann', device: 'd1' };
/** What other readers take for the end of a line, what JSON escapes and what SQL does. */
const ODD = 'a\u2028b\nc"\\\'é😀';

const message = (id: string, more: Partial<Message> = {}): Message => ({
  ...{ tenant: 't', id, type: 'x', data: JSON.stringify(ODD), to: { users: ['ann'] }, options: {} },
  ...{ acceptedAt: T0, expiresAt: FAR },
  ...more,
});
const append = (id: string, more: Partial<AppendRequest> = {}): AppendRequest => ({
  message: message(id),
  targets: [{ stream: '@ann' }],
  when: 'now',
  ...more,
});

const folder = mkdtempSync(path.join(tmpdir(), 'push-backup-'));
const places: HostPlace[] = [];
const stores: TypeOrmStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const place of places.splice(0)) await place.remove();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function place(kind: keyof typeof HOSTS): Promise<HostPlace> {
  const made = await HOSTS[kind]();
  places.push(made);
  return made;
}
async function opened(url: string): Promise<TypeOrmStore> {
  const store = createTypeOrmStore({ url });
  await store.open();
  stores.push(store);
  return store;
}
let count = 0;
const file = () => path.join(folder, `${++count}.backup`);

/** A bit of everything. */
async function filled(url: string): Promise<TypeOrmStore> {
  const store = await opened(url);
  const idempotency = { key: `${ODD}\0 `, fingerprint: 'f', keepUntil: FAR };
  await store.messages.append([append('m1', { idempotency }), append('m2'), append('m3')]);
  for (const id of ['h2', 'h1', 'h3'])
    await store.messages.append([append(id, { when: 'hold', message: message(id, { dueAt: FAR }) })]);
  const [state] = await store.messages.states([{ tenant: 't', stream: '@ann' }]);
  const position = { epoch: state?.epoch as string, seq: 2 };
  await store.cursors.advance([{ ...ann, stream: '@ann', position }]);
  await store.reads.advance([{ tenant: 't', stream: '@ann', user: 'ann', position: { ...position, seq: 1 }, at: T0 }]);
  const tokens = [{ provider: 'apns', token: 'x' }];
  await store.devices.put({ ...ann, platform: 'ios', tokens, registeredAt: T0, updatedAt: T0 });
  await store.topics.subscribe('t', 'news', ['ann', 'bob'], T0);
  // SQLite keeps a fraction where others have whole numbers.
  const at = url.startsWith('sqlite:') ? T0 + 0.5 : T0;
  await store.presence.record([
    { ...ann, connection: 'c', node: 'n', transport: 'websocket', online: true, at, onlineUntil: FAR },
  ]);
  return store;
}

const kinds = Object.keys(HOSTS) as (keyof typeof HOSTS)[];
const ways = kinds.flatMap((from) => kinds.map((to) => [from, to] as const));

describe.each(ways)('a backup of %s restored into %s', (from, to) => {
  it('holds everything, and begins a new epoch that carries the old one on', async () => {
    const source = await filled((await place(from)).url);
    const [old] = await source.messages.states([{ tenant: 't', stream: '@ann' }]);
    const backup = file();
    const summary = await backupDatabase({ url: places[0]?.url as string }, backup);
    expect(summary.tables).toMatchObject({ push_message: 6, push_entry: 3, push_cursor: 1, push_subscription: 2 });
    await source.messages.append([append('m4')]);

    const { url } = await place(to);
    const restored = await restoreDatabase({ url }, backup);
    expect(restored.rows).toBe(summary.rows);
    const store = await opened(url);
    const streams = [
      { tenant: 't', stream: '@ann' },
      { tenant: 't', stream: 'news' },
    ];
    expect(await store.messages.states(streams)).toEqual([
      { epoch: restored.epoch, head: 3, first: 1, before: { epoch: old?.epoch, seq: 3 } },
      { epoch: restored.epoch, head: 0, first: 1, before: { epoch: old?.epoch, seq: 0 } },
    ]);
    expect(restored.epoch).not.toBe(old?.epoch);
    const [page] = await store.messages.read([{ tenant: 't', stream: '@ann', after: 0, limit: 10 }]);
    expect(page?.entries.map(({ message: { id, data } }) => [id, data])).toEqual(
      ['m1', 'm2', 'm3'].map((id) => [id, JSON.stringify(ODD)]),
    );

    const [cursors] = await store.cursors.load([ann]);
    expect(cursors?.get('@ann')).toEqual({ epoch: restored.epoch, seq: 2 });
    const [unread] = await store.reads.unread([{ tenant: 't', stream: '@ann', user: 'ann', now: T0 }]);
    expect([...(unread ?? [])]).toEqual([['', 2]]);
    expect((await store.devices.list('t', 'ann'))[0]).toMatchObject({ platform: 'ios' });
    expect(await store.topics.subscribers('t', 'news', '', 10)).toMatchObject([{ user: 'ann' }, { user: 'bob' }]);

    const [devices] = await store.presence.load('t', ['ann'], T0 + 1);
    expect(devices).toMatchObject([{ device: 'd1', online: false }]);

    const again = append('m9', { idempotency: { key: `${ODD}\0 `, fingerprint: 'f', keepUntil: FAR } });
    expect(await store.messages.append([again])).toMatchObject([
      { kind: from === 'SQLite' ? expect.any(String) : 'duplicate' },
    ]);
    const held = await store.messages.due(FAR, 10);
    if (from !== 'MariaDB' && to !== 'MariaDB') expect(held.map(({ id }) => id)).toEqual(['h2', 'h1', 'h3']);
    expect(held).toHaveLength(3);
  });
});

describe('a restore', () => {
  it('goes on in the same epoch where it is told that nothing came after the backup', async () => {
    const source = await filled((await place('SQLite')).url);
    const backup = file();
    await backupDatabase({ url: places[0]?.url as string }, backup);
    const [before] = await source.messages.states([{ tenant: 't', stream: '@ann' }]);
    const { url } = await place('SQLite');
    expect(await restoreDatabase({ url, moved: true }, backup)).toMatchObject({ epoch: before?.epoch });
    expect(await (await opened(url)).messages.states([{ tenant: 't', stream: '@ann' }])).toEqual([before]);
  });

  it('is refused where something is kept already, unless that is to be replaced', async () => {
    await filled((await place('SQLite')).url);
    const url = places[0]?.url as string;
    const backup = file();
    await backupDatabase({ url }, backup);
    await stores.splice(0)[0]?.close();
    await expect(restoreDatabase({ url }, backup)).rejects.toMatchObject({ field: 'replace' });
    expect((await restoreDatabase({ url, replace: true }, backup)).rows).toBeGreaterThan(5);
  });

  it('is refused while a server uses the database', async () => {
    const source = await filled((await place('SQLite')).url);
    const url = places[0]?.url as string;
    const backup = file();
    await backupDatabase({ url }, backup);
    await source.presence.lease('node-7', Date.now(), Date.now() + 60_000);
    const refused = restoreDatabase({ url, replace: true }, backup);
    await expect(refused).rejects.toMatchObject({ field: 'url', message: expect.stringContaining('node-7') });
  });

  it('writes nothing of a file that is cut off, altered or something else', async () => {
    await filled((await place('SQLite')).url);
    const whole = file();
    await backupDatabase({ url: places[0]?.url as string }, whole);
    const bytes = readFileSync(whole);
    const text = gunzipSync(bytes).toString();
    const cut = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
    const bad: Record<string, [Buffer, RegExp]> = {
      'cut off': [bytes.subarray(0, bytes.length - 20), /cut off/],
      'without its end': [gzipSync(cut), /no end/],
      'cut in a line': [gzipSync(text.slice(0, -10)), /cut off/],
      altered: [gzipSync(text.replace('"ann"', '"eve"')), /altered/],
      'something else': [Buffer.from('hello'), /altered, or is none/],
      'of another kind': [gzipSync('{"a":1}\n'), /no end/],
    };
    const { url } = await place('SQLite');
    for (const [name, [content, says]] of Object.entries(bad)) {
      const backup = file();
      writeFileSync(backup, content);
      const outcome = restoreDatabase({ url }, backup).then(
        () => 'restored',
        (error: Error) => error.message,
      );
      expect([name, await outcome]).toEqual([name, expect.stringMatching(says)]);
    }
    await expect(restoreDatabase({ url }, '/nowhere/x')).rejects.toMatchObject({ field: 'file' });
    expect(await (await opened(url)).messages.find('t', 'm1')).toBeUndefined();
  });

  it('of a newer version is refused, and leaves the database as it was', async () => {
    await filled((await place('SQLite')).url);
    const backup = file();
    await backupDatabase({ url: places[0]?.url as string }, backup);
    const text = gunzipSync(readFileSync(backup)).toString().replaceAll('registered_at', 'registered_on');
    const body = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update(body).digest('hex');
    const { rows } = JSON.parse(text.slice(body.length)) as { rows: number };
    writeFileSync(backup, gzipSync(`${body}${JSON.stringify({ rows, sha256 })}\n`));
    const { url } = await place('SQLite');
    await expect(restoreDatabase({ url }, backup)).rejects.toMatchObject({ message: expect.stringContaining('newer') });
    expect(await (await opened(url)).messages.find('t', 'm1')).toBeUndefined();
  });
});

describe('a backup', () => {
  it('is one moment of a store that others write to, in a file for its owner alone', async () => {
    const source = await filled((await place('PostgreSQL')).url);
    const backup = file();
    let stop = false;
    const busy = (async () => {
      for (let i = 0; !stop; i++) await source.messages.append([append(`b${i}`)]);
    })();
    await backupDatabase({ url: places[0]?.url as string }, backup);
    stop = true;
    await busy;
    const header = await inspectBackup(backup);
    const rows = Object.fromEntries(header.tables.map((table) => [table.name, table.rows]));
    expect(rows.push_entry).toBe((rows.push_message as number) - 3);
    expect(statSync(backup).mode & 0o777).toBe(0o600);

    const { url } = await place('SQLite');
    await restoreDatabase({ url }, backup);
    const [state] = await (await opened(url)).messages.states([{ tenant: 't', stream: '@ann' }]);
    expect(state?.head).toBe(rows.push_entry);
  });

  it('that fails leaves no file behind', async () => {
    await filled((await place('SQLite')).url);
    const url = places[0]?.url as string;
    await expect(backupDatabase({ url }, path.join(folder, 'no', 'folder', 'x'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await expect(backupDatabase({ url: 'sqlite:/nowhere/push.db' }, file())).rejects.toMatchObject({ field: 'url' });
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
