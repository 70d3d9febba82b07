import { createMemoryStore } from '../../store/memory/memory-store.js';
import type { SettingStore } from '../../store/setting-store.js';
import { createTokenShelf } from '../token-shelf-stored.js';
import { bench, request, type Bench } from './vendor.fixture.js';

const AUTH = { hms: '/oauth2/v3/token', honor: '/auth/token', oppo: '/v1/auth', vivo: '/message/auth' };
const NAMES = Object.keys(AUTH) as (keyof typeof AUTH)[];

async function settings(): Promise<SettingStore> {
  const store = createMemoryStore();
  await store.open();
  return store.settings;
}

describe.each(NAMES)('nodes of a cluster that send to %s', (name) => {
  let site: Bench;

  beforeEach(async () => {
    site = await bench(name);
  });

  afterEach(() => site.close());

  it('share one access token, and its renewal', async () => {
    const store = await settings();
    const nodes = [1, 2, 3].map(() =>
      site.withCredentials({}, 5000, createTokenShelf({ store, clock: site.clock, lookEveryMs: 10 })),
    );
    const sendAll = (body: string) => Promise.all(nodes.map((node, at) => node.send([request(`t-${at}`, { body })])));
    const first = await sendAll('one');
    expect(first.flat().map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(site.fake.countOf(AUTH[name])).toBe(1);
    site.fake.expireAccess();
    const second = await sendAll('two');
    expect(second.flat().map(({ kind }) => kind)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(site.fake.shown).toHaveLength(6);
    expect(site.fake.countOf(AUTH[name])).toBe(2);
  });

  it('do not share it with other credentials', async () => {
    const shelf = createTokenShelf({ store: await settings(), clock: site.clock });
    await site.withCredentials({}, 5000, shelf).send([request('a')]);
    const secret = Object.keys(site.fake.credentials).find((field) => /secret/i.test(field)) ?? '';
    const [result] = await site.withCredentials({ [secret]: 'another' }, 5000, shelf).send([request('a')]);
    expect(result?.kind).toBe('config_error');
  });
});
