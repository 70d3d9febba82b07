import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from 'push-core/testing';
import { SqliteMedium } from '../accounts/sqlite-medium.js';
import type { Act } from './audit.js';
import { AUDIT_RETENTION_MS, AuditLog } from './audit-log.js';
import { AuditStore } from './audit-store.js';
import { AuditTargets } from './audit-targets.js';

const act = (more: Partial<Act> = {}): Act => ({
  actor: { kind: 'key', id: 'k1', name: 'ci' },
  tenant: 'acme',
  action: 'createKey',
  target: 'id=k2',
  outcome: 'ok',
  address: '127.0.0.1',
  ...more,
});

describe('the audit log', () => {
  let medium: SqliteMedium;
  let store: AuditStore;
  let clock: ManualClock;
  let complaints: string[];
  beforeEach(async () => {
    medium = new SqliteMedium(':memory:');
    await medium.open();
    store = new AuditStore(medium);
    clock = new ManualClock();
    complaints = [];
  });
  afterEach(() => medium.close());

  const logOn = (where: AuditStore = store) =>
    new AuditLog({ store: where, clock, complain: (what) => complaints.push(what) });

  it('has an entry as soon as the act is answered, in the order of what happened', async () => {
    const log = logOn();
    await log.record(act());
    await log.record(act({ tenant: undefined, actor: { kind: 'cli', id: 'root' }, target: undefined }));
    await Promise.all(Array.from({ length: 250 }, (_, at) => log.record(act({ target: `id=${at}` }))));
    const all = await store.newest({ limit: 1000 });
    expect(all).toHaveLength(252);
    expect(all.at(-1)).toEqual({ ...act(), id: expect.any(String), at: clock.now() });
    expect(all.at(-2)).toEqual({
      id: expect.any(String),
      at: clock.now(),
      actor: { kind: 'cli', id: 'root' },
      action: 'createKey',
      outcome: 'ok',
      address: '127.0.0.1',
    });
  });

  it('is read by tenant, action and time', async () => {
    const log = logOn();
    for (const tenant of ['a', 'b', undefined]) {
      await log.record(act({ tenant, action: tenant === 'a' ? 'removeKey' : 'createKey' }));
      await clock.advance(1000);
    }
    const begin = clock.now() - 3000;
    expect(await store.newest({ limit: 9, tenant: 'a' })).toMatchObject([{ action: 'removeKey' }]);
    expect(await store.newest({ limit: 9, action: 'createKey' })).toHaveLength(2);
    expect(await store.oldest({ limit: 9, since: begin + 1000 })).toHaveLength(2);
    expect(await store.oldest({ limit: 9, until: begin + 1000 })).toMatchObject([{ tenant: 'a' }]);
  });

  it('keeps nobody waiting while the database is away, and has all of it afterwards', async () => {
    let away = true;
    const log = logOn({
      add: (entries: Parameters<AuditStore['add']>[0]) =>
        away ? Promise.reject(new Error('away')) : store.add(entries),
    } as unknown as AuditStore);
    await log.record(act());
    await log.record(act());
    expect(complaints).toHaveLength(1);
    expect(await store.newest({ limit: 9 })).toEqual([]);
    away = false;
    await clock.advance(2_000);
    await log.close();
    expect(await store.newest({ limit: 9 })).toHaveLength(2);
  });

  it('keeps 400 days', async () => {
    const log = logOn();
    const long = Array.from({ length: 2500 }, () => log.record(act()));
    await Promise.all(long);
    await clock.advance(AUDIT_RETENTION_MS + 1);
    await log.record(act());
    expect(await store.removeBefore(clock.now() - AUDIT_RETENTION_MS)).toBe(2500);
    expect(await store.newest({ limit: 9 })).toHaveLength(1);
  });

  it('knows the same user again after a restart, and does not tell who it is', async () => {
    const digests = [];
    for (const log of [logOn(), logOn()]) {
      await log.open();
      digests.push(log.targets.of({ user: 'ann', device: 'phone', topic: 'news' }, 'acme'));
    }
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).toMatch(/^user=#[\w-]{16} device=#[\w-]{16} topic=news$/);
    const targets = new AuditTargets(Buffer.alloc(32));
    expect(targets.of({ user: 'ann' }, 'acme')).not.toBe(targets.of({ user: 'ann' }, 'other'));
    expect(targets.of({ id: 'a\nb\u0000' }, 'acme')).toBe('id=a?b?');
    expect(targets.of({ tenant: 'acme' }, 'acme')).toBeUndefined();
  });
});
