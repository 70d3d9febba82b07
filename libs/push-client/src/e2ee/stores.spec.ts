import { IDBFactory } from 'fake-indexeddb';
import type { DbFactory } from '../cursors/indexed-db-slice.js';
import { HttpDirectory, IndexedDbKeys, MemoryKeys, type KeyBundle, type KeyStore } from './index.js';
import { E2eeWorld, said, sealed } from '../testing/e2ee-world.js';

const newFactory = () => new (IDBFactory as unknown as new () => DbFactory)();

describe.each<[string, () => () => KeyStore]>([
  [
    'IndexedDB',
    () => {
      const factory = newFactory();
      return () => new IndexedDbKeys({ name: 'ann/phone', factory });
    },
  ],
  [
    'memory',
    () => {
      const store = new MemoryKeys();
      return () => store;
    },
  ],
])('a store of keys in %s', (_name, make) => {
  it('keeps them for the next page, and their private half from everybody', async () => {
    const world = new E2eeWorld();
    const reopen = make();
    const before = await world.device('ann/phone', { store: reopen() });
    const bob = await world.device('bob/phone');
    const entry = world.entry(await sealed(bob, ['ann'], 'Hi!'));
    const after = await world.device('ann/phone', { store: reopen() });
    expect(after.identity).toBe(before.identity);
    expect(said(await after.open(entry))).toBe('Hi!');
    const self = (await reopen().read('self')) as any;
    const { subtle } = globalThis.crypto as any;
    for (const key of [self.sign.privateKey, self.agreements[0].pair.privateKey]) {
      await expect(subtle.exportKey('jwk', key)).rejects.toThrow();
    }
  });

  it('changes a value for one at a time', async () => {
    const reopen = make();
    const add = () => reopen().change('n', (value) => Number(value ?? 0) + 1);
    const all = await Promise.all(Array.from({ length: 20 }, add));
    expect([...all].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    expect(await reopen().read('n')).toBe(20);
    expect(await reopen().read('other')).toBeUndefined();
  });
});

it('an IndexedDB that is not there is told', async () => {
  await expect(new IndexedDbKeys({ name: 'x' }).read('self')).rejects.toThrow('indexedDB');
});

describe('a directory over HTTP', () => {
  const bundle = { user: 'a/b', device: 'd 1' } as unknown as KeyBundle;

  function setUp(answer: unknown, ok = true) {
    const calls: unknown[] = [];
    const fetch = async (url: string, { method, headers, body }: any) => {
      calls.push([method, url, headers.authorization, body && JSON.parse(body)]);
      return { ok, status: ok ? 200 : 403, json: async () => answer };
    };
    return { calls, directory: new HttpDirectory({ url: '/keys', headers: () => ({ authorization: 'me' }), fetch }) };
  }

  it('asks, publishes and removes', async () => {
    const { calls, directory } = setUp({ bundles: [bundle] });
    expect(await directory.bundlesOf(['a/b'])).toEqual([bundle]);
    await directory.publish(bundle);
    await directory.remove('a/b', 'd 1');
    expect(calls).toEqual([
      ['POST', '/keys/query', 'me', { users: ['a/b'] }],
      ['PUT', '/keys/a%2Fb/d%201', 'me', bundle],
      ['DELETE', '/keys/a%2Fb/d%201', 'me', undefined],
    ]);
  });

  it('takes no answer for none, and a refusal for a failure', async () => {
    expect(await setUp({ bundles: 7 }).directory.bundlesOf(['a'])).toEqual([]);
    expect(await setUp(null).directory.bundlesOf(['a'])).toEqual([]);
    await expect(setUp({}, false).directory.bundlesOf(['a'])).rejects.toThrow('403');
  });
});
