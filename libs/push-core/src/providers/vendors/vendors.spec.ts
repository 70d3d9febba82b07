import { bench, NAMES, request, VENDORS, type Bench, type VendorName } from './vendor.fixture.js';

/** What each of them says of a dead token, and the path that sends. */
const DEAD: Record<VendorName, string> = {
  hms: 'illegal',
  harmony: 'tokenFormatError',
  honor: 'expireTokens',
  xiaomi: 'bad',
  oppo: '10000',
  vivo: '1',
  meizu: '110002',
};
const SENDS: Record<VendorName, { one: string; many: string; largest: number }> = {
  hms: { one: 'messages:send', many: 'messages:send', largest: 1000 },
  harmony: { one: 'messages:send', many: 'messages:send', largest: 1000 },
  honor: { one: 'sendMessage', many: 'sendMessage', largest: 1000 },
  xiaomi: { one: '/regid', many: '/regid', largest: 1000 },
  oppo: { one: '/unicast', many: '/unicast_batch', largest: 1000 },
  vivo: { one: '/message/send', many: '/pushToList', largest: 1000 },
  meizu: { one: '/pushByPushId', many: '/pushByPushId', largest: 100 },
};

describe.each(NAMES)('%s', (name) => {
  let site: Bench;

  beforeEach(async () => {
    site = await bench(name);
  });

  afterEach(() => site.close());

  it('shows the text, and gives the app its data under our own key alone', async () => {
    const [result] = await site.provider.send([request('t-1')]);
    expect(result).toEqual({ kind: 'accepted', providerId: expect.any(String) });
    expect(site.fake.shown).toEqual([
      expect.objectContaining({
        token: 't-1',
        title: 'Ann',
        body: 'Hello',
        push: { id: 'm1', stream: '@me', seq: '4', type: 'chat.message' },
      }),
    ]);
  });

  it('sends equal notifications in one request, and tells each token its own result', async () => {
    const tokens = Array.from({ length: 9 }, (_, at) => `t-${at}`);
    site.fake.condemn('t-3', DEAD[name]);
    site.fake.condemn('t-7', DEAD[name]);
    const expiresAt = site.clock.now() + 3600_000;
    const results = await site.provider.send(tokens.map((token) => request(token, { expiresAt })));
    expect(site.fake.countOf(SENDS[name].many)).toBe(1);
    expect(results.map(({ kind }) => kind)).toEqual(
      tokens.map((token) => (['t-3', 't-7'].includes(token) ? 'token_invalid' : 'accepted')),
    );
    expect(site.fake.shown.map(({ token }) => token).sort()).toEqual(
      tokens.filter((token) => !['t-3', 't-7'].includes(token)),
    );
  });

  it('gives every device a name of its own at the vendor, though one request told many', async () => {
    const results = await site.provider.send(['a', 'b', 'c'].map((token) => request(token)));
    const names = results.map((result) => (result.kind === 'accepted' ? result.providerId : undefined));
    expect(new Set(names).size).toBe(3);
    expect(names).not.toContain(undefined);
  });

  it('never sends more tokens at once than the vendor takes', async () => {
    const { largest, many } = SENDS[name];
    const expiresAt = site.clock.now() + 3600_000;
    const requests = Array.from({ length: largest + 5 }, (_, at) => request(`t-${at}`, { expiresAt }));
    const results = await site.provider.send(requests);
    expect(results.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(site.fake.shown).toHaveLength(largest + 5);
    expect(site.fake.countOf(many)).toBe(2);
  });

  it('keeps notifications apart that are not equal', async () => {
    const bodies = ['one', 'two', 'three'];
    await site.provider.send(bodies.map((body, at) => request(`t-${at}`, { body })));
    expect(site.fake.shown.map(({ token, body }) => `${token} ${body}`).sort()).toEqual([
      't-0 one',
      't-1 two',
      't-2 three',
    ]);
  });

  it('sends twice to a token that is to get two equal ones', async () => {
    const results = await site.provider.send([request('same'), request('same')]);
    expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    expect(site.fake.shown).toHaveLength(2);
  });

  it('says that a notification without text cannot be shown, or sends it as data', async () => {
    const [result] = await site.provider.send([request('t-1', { title: undefined, body: ' ' })]);
    if (['hms', 'harmony', 'honor'].includes(name)) {
      expect(result?.kind).toBe('accepted');
      expect(site.fake.shown[0]).toEqual(expect.objectContaining({ push: expect.objectContaining({ id: 'm1' }) }));
      expect(site.fake.shown[0]).not.toHaveProperty('title');
    } else {
      expect(result).toEqual({ kind: 'payload_error', reason: 'nothing_to_show' });
      expect(site.fake.requests).toHaveLength(0);
    }
  });

  it('does not send when it is closed', async () => {
    await site.provider.close();
    expect(await site.provider.send([request('t-1')])).toEqual([{ kind: 'transient', reason: 'closed' }]);
    expect(site.fake.requests).toHaveLength(0);
  });

  it('tells whether credentials are good, and shows nothing for it', async () => {
    expect(await site.provider.check()).toEqual({ kind: 'ok' });
    expect(site.fake.shown.filter(({ title }) => title !== undefined && title !== 'check')).toHaveLength(0);
    const secret = ['clientSecret', 'appSecret', 'masterSecret'].find((field) => field in site.fake.credentials);
    const wrong = secret ? { [secret]: 'not-the-one-0123456789' } : { key_id: 'another' };
    expect((await site.withCredentials(wrong).check()).kind).toBe('config_error');
    const nowhere = { endpoint: 'http://localhost:1', ...(VENDORS[name] && { authEndpoint: 'http://localhost:1' }) };
    const { authEndpoint: _, ...bare } = nowhere;
    const hasAuth = !['xiaomi', 'meizu'].includes(name);
    expect((await site.withCredentials(hasAuth ? nowhere : bare, 1000).check()).kind).toBe('unknown');
  });
});

describe.each(['hms', 'harmony', 'honor', 'oppo', 'vivo'] as const)('access tokens of %s', (name) => {
  const AUTH = {
    hms: '/oauth2/v3/token',
    harmony: 'none',
    honor: '/auth/token',
    oppo: '/v1/auth',
    vivo: '/message/auth',
  };
  let site: Bench;

  beforeEach(async () => {
    site = await bench(name);
  });

  afterEach(() => site.close());

  it('are fetched once for many sends', async () => {
    await site.provider.send([request('a', { body: '1' })]);
    await Promise.all(['2', '3', '4', '5'].map((body) => site.provider.send([request('a', { body })])));
    expect(site.fake.shown).toHaveLength(5);
    expect(site.fake.countOf(AUTH[name])).toBe(name === 'harmony' ? 0 : 1);
  });

  it('are renewed once when they are refused, and what was refused is sent again, once', async () => {
    await site.provider.send([request('a')]);
    // A second is what a JWT's time is counted in.
    site.clock.move(2000);
    site.fake.expireAccess();
    site.clock.move(2000);
    const results = await site.provider.send([request('a', { body: 'again' }), request('b', { body: 'again' })]);
    expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    expect(site.fake.shown.filter(({ body }) => body === 'again')).toHaveLength(2);
    expect(site.fake.countOf(AUTH[name])).toBe(name === 'harmony' ? 0 : 2);
  });

  it('that are refused again and again are the credentials’ fault, after one renewal', async () => {
    await site.provider.send([request('a')]);
    const before = site.fake.requests.length;
    site.fake.misbehave({ kind: 'expired_key' }, 1);
    site.fake.misbehave({ kind: 'expired_key' }, 10);
    const [result] = await site.provider.send([request('a')]);
    expect(result?.kind).toBe('config_error');
    expect(site.fake.requests.length - before).toBeLessThanOrEqual(3);
    expect(site.fake.shown).toHaveLength(1);
  });

  it('are renewed long before their end, as the vendors ask', async () => {
    await site.provider.send([request('a')]);
    site.clock.move(2.1 * 3600_000);
    await site.provider.send([request('a')]);
    const [spent, renewed] = site.fake.requests.filter(({ path }) => path.endsWith(SENDS[name].one));
    const access = (one = spent): unknown =>
      one?.headers.authorization ?? one?.headers.authtoken ?? one?.headers.auth_token;
    expect(access(renewed)).not.toBe(access(spent));
    expect(site.fake.countOf(AUTH[name])).toBe(name === 'harmony' ? 0 : 2);
  });

  it('do not live longer here than at the vendor', async () => {
    for (let hours = 0; hours <= 30; hours += 1) {
      const [result] = await site.provider.send([request('a', { expiresAt: site.clock.now() + 3600_000 })]);
      expect(result?.kind).toBe('accepted');
      site.clock.move(3600_000);
    }
    // None was refused on the way: each was renewed before its end.
    expect(site.fake.shown).toHaveLength(31);
    expect(site.fake.requests.length).toBe(31 + site.fake.countOf(AUTH[name]));
  });
});
