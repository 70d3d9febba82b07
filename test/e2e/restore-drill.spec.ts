import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryCursors, PushClient, type PushFrame } from 'push-client';
import { nodeSocket } from 'push-client/node';
import { temporarySchema } from '../../libs/nest-push/src/typeorm/postgres/postgres-harness.fixture.js';
import { pushCli } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { ServerProcess } from '../support/server.js';

jest.setTimeout(240_000);

/** A phone: what it was shown, and where it is, outlive its connections. */
class Phone {
  readonly shown: PushFrame[] = [];
  readonly recoveries: string[] = [];
  resets = 0;
  private readonly cursors = new MemoryCursors();
  private client?: PushClient;

  constructor(readonly user: string) {}

  async connect(server: ServerProcess): Promise<void> {
    const client = new PushClient({
      url: server.socketUrl,
      device: 'phone',
      cursors: this.cursors,
      socket: nodeSocket(),
      ackDelayMs: 10,
      token: () => server.token(this.user),
      backoff: { baseMs: 100, capMs: 500 },
    });
    this.client = client;
    client.on('message', (message) => void this.shown.push(message));
    client.on('reset', () => void this.resets++);
    client.on('connected', ({ streams }) => this.recoveries.push(streams['@me']?.recovery ?? 'none'));
    client.on('error', () => {});
    await client.connect();
  }

  read(seq: number): void {
    this.client?.markRead({ seq });
  }

  async leave(): Promise<void> {
    await this.client?.close();
    this.client = undefined;
  }

  get ids(): string[] {
    return this.shown.map(({ id }) => id);
  }
}

interface Inbox {
  head: number;
  entries: { seq: number; id: string }[];
  unread: { total: number };
}
async function inboxOf(server: ServerProcess, user: string): Promise<Inbox> {
  const entries: Inbox['entries'] = [];
  for (;;) {
    const after = entries.at(-1)?.seq ?? 0;
    const page = (await server.call('GET', `/v1/users/${user}/inbox?after=${after}`)).body as Inbox;
    entries.push(...page.entries);
    if (page.entries.length === 0) return { ...page, entries };
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'push-drill-'));
const cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const one of cleanup.splice(0).reverse()) await one();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What was sealed on the one machine opens on the other. */
const RING = { PUSH_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` };

interface Drill {
  /** Of the place that the backup is restored into. */
  readonly database: string;
  /** What the operator says beside the file. */
  readonly flags: readonly string[];
}

/** A machine dies after a backup; another takes over. Everything that should not have happened, in words. */
async function drill(dir: string, { database, flags }: Drill): Promise<string[]> {
  const wrong: string[] = [];
  const check = (fine: boolean, what: string): void => void (fine || wrong.push(what));
  const first = await ServerProcess.start({ env: RING });
  cleanup.push(() => first.remove());
  const [ann, bob, cat] = ['ann', 'bob', 'cat'].map((user) => new Phone(user)) as [Phone, Phone, Phone];
  for (const phone of [ann, bob, cat]) {
    await phone.connect(first);
    cleanup.push(() => phone.leave());
  }
  const publish = async (server: ServerProcess, user: string, count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await server.publish(user, { i });
  };
  for (const { user } of [ann, bob, cat]) await publish(first, user, 10);
  await eventually(() => [ann, bob, cat].every(({ shown }) => shown.length === 10), 30_000);
  ann.read(6);
  await eventually(async () => (await inboxOf(first, 'ann')).unread.total === 4);
  await cat.leave();
  await publish(first, 'cat', 5);

  // The backup is made while the server runs, in the middle of a stream of messages.
  let stop = false;
  const busy = (async () => {
    while (!stop) await first.publish('ann', {});
  })();
  const file = path.join(dir, 'push.backup');
  const from = { env: { PUSH_DATABASE_URL: `sqlite:${first.databaseFile}` } };
  expect(await pushCli(['backup', file, '--json'], from)).toMatchObject({ code: 0, err: '' });
  stop = true;
  await busy;
  // It goes on; ann sees what no backup holds.
  await publish(first, 'ann', 20);
  const { head } = await inboxOf(first, 'ann');
  await eventually(() => ann.shown.length === head, 30_000);
  await first.end('SIGKILL');
  for (const phone of [ann, bob]) await phone.leave();

  // Another machine, with another disk: all there is are the file and the keys.
  const restored = await pushCli(['restore', file, '--json', '--database', database, ...flags]);
  expect(restored).toMatchObject({ code: 0, err: '' });
  const second = await ServerProcess.start({ keys: first.keys, env: { ...RING, PUSH_DATABASE_URL: database } });
  cleanup.push(() => second.remove());
  const held = await inboxOf(second, 'ann');
  check(held.head >= 10 && held.head < head, `the backup is of ${held.head} of ${head} messages: that proves nothing`);
  check(held.unread.total === held.head - 6, `ann has ${held.unread.total} unread of ${held.head}, 6 of them read`);
  // More than what was lost: the stream has grown past where ann had been.
  await publish(second, 'ann', head - held.head + 5);
  await publish(second, 'bob', 3);
  const before = new Map([ann, bob, cat].map((phone) => [phone, phone.shown.length]));
  for (const phone of [ann, bob, cat]) await phone.connect(second);
  for (const { user } of [ann, bob, cat]) await publish(second, user, 2);

  for (const phone of [ann, bob, cat]) {
    const { user } = phone;
    const { entries } = await inboxOf(second, user);
    const last = entries.at(-1)?.id as string;
    await eventually(() => phone.ids.includes(last), 30_000);
    const lost = entries.filter(({ id }) => !phone.ids.includes(id)).length;
    check(lost === 0, `${user} never saw ${lost} messages`);
    const twice = phone.ids.length - new Set(phone.ids).size;
    check(twice === 0 || phone.resets === 1, `${user} saw ${twice} messages twice, and was told of no new beginning`);
    const fresh = phone.shown.slice(before.get(phone)).map(({ seq }) => seq);
    check(
      fresh.every((seq, at) => at === 0 || seq === (fresh[at - 1] as number) + 1),
      `${user} saw ${fresh.join()}`,
    );
    const recovery = phone.recoveries.at(-1);
    const expected = phone === ann ? 'reset' : 'complete';
    check(recovery === expected, `${user} was told ${recovery}, not ${expected}`);
    check(
      phone === ann ? phone.resets === 1 : phone.resets === 0,
      `${user} was told of ${phone.resets} new beginnings`,
    );
    await eventually(async () => {
      const { body } = await second.call('GET', `/v1/messages/${last}`);
      return (body as { state: string }).state === 'delivered';
    }, 30_000);
  }
  check(cat.shown.length === 17, `cat saw ${cat.shown.length}, not 10 + 5 + 2`);
  return wrong;
}

const machine = (): string => mkdtempSync(path.join(folder, 'machine-'));
const sqliteOn = (dir: string): string => `sqlite:${path.join(dir, 'data', 'push.db')}`;

describe('a restore on another machine', () => {
  it('loses nothing that the backup held, and shows it once or says that a stream began anew', async () => {
    const dir = machine();
    expect(await drill(dir, { database: sqliteOn(dir), flags: [] })).toEqual([]);
  });

  it('may be one into another kind of database', async () => {
    const { url, remove } = await temporarySchema();
    cleanup.push(remove);
    expect(await drill(machine(), { database: url, flags: [] })).toEqual([]);
  });

  it('that goes on in the same epoch although it is behind loses messages: the drill can fail', async () => {
    const dir = machine();
    const wrong = await drill(dir, { database: sqliteOn(dir), flags: ['--moved'] });
    expect(wrong).toContainEqual(expect.stringMatching(/^ann never saw [1-9]\d* messages$/));
  });
});
