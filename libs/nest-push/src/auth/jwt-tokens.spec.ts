import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { createJwtTokens } from './jwt-tokens.js';

const NOW = 1_700_000_000_000;
const SECONDS = NOW / 1000;
const SECRETS: Record<string, Uint8Array> = { t1: Buffer.alloc(32, 1), t2: Buffer.alloc(32, 2) };
let now = NOW;
const tokens = createJwtTokens({ secretOf: async (tenant) => SECRETS[tenant], now: () => now });

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const good = { sub: 'u1', ten: 't1', exp: SECONDS + 60 };

/** A token made by hand, as an attacker would; `payload` may be its text. */
function forge(payload: unknown, how: { header?: object; secret?: Uint8Array; hash?: string } = {}): string {
  const { header = { alg: 'HS256' }, secret = Buffer.alloc(32, 1), hash = 'sha256' } = how;
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

beforeEach(() => {
  now = NOW;
});

it('accepts what it issued, with everything it says', async () => {
  const { token, expiresAt } = await tokens.issue('t1', { user: 'u1', device: 'd1', ttl: 60, topics: ['news.*', 'a'] });
  expect(expiresAt).toBe(NOW + 60_000);
  expect(await tokens.authenticate(token)).toEqual({
    kind: 'valid',
    identity: {
      tenant: 't1',
      user: 'u1',
      device: 'd1',
      topics: ['news.*', 'a'],
      expiresAt: NOW + 60_000,
      issuedAt: NOW,
    },
  });
});

it('says to the millisecond when it issued a token, and reads it so', async () => {
  for (const ms of [0, 1, 123, 499, 789, 999]) {
    now = NOW + ms;
    const { token, expiresAt } = await tokens.issue('t1', { user: 'u1', ttl: 60 });
    expect(JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())).toMatchObject({
      iat: (NOW + ms) / 1000,
      exp: SECONDS + 60,
    });
    expect(expiresAt).toBe(NOW + 60_000);
    expect(await tokens.authenticate(token)).toMatchObject({ identity: { issuedAt: NOW + ms } });
  }
});

it.each([
  ['whole seconds', SECONDS, NOW],
  ['a finer fraction than it keeps', SECONDS + 0.0019, NOW + 1],
  ['a second ahead, by a clock that is', SECONDS + 1, NOW + 1000],
  ['nothing', undefined, undefined],
])('reads when another issuer made it: %s', async (_, iat, issuedAt) => {
  const outcome = await tokens.authenticate(forge({ ...good, iat }));
  expect(outcome.kind === 'valid' && outcome.identity.issuedAt).toBe(issuedAt);
});

it('allows clocks to differ by less than a minute, not more', async () => {
  const kind = async (claims: object) => (await tokens.authenticate(forge({ ...good, ...claims }))).kind;
  expect(await kind({ nbf: SECONDS + 4 })).toBe('valid');
  expect(await kind({ nbf: SECONDS + 61 })).toBe('invalid');
  expect(await kind({ exp: SECONDS - 4 })).toBe('valid');
  expect(await kind({ exp: SECONDS - 61 })).toBe('expired');
  expect(await kind({ iat: SECONDS + 59 })).toBe('valid');
  expect(await kind({ iat: SECONDS + 61 })).toBe('invalid');
});

it('issues for an hour where no ttl is given', async () => {
  expect((await tokens.issue('t1', { user: 'u1' })).expiresAt).toBe(NOW + 3_600_000);
});

it('accepts a token another library made, whatever its typ', async () => {
  expect((await tokens.authenticate(forge(good, { header: { alg: 'HS256', typ: 'whatever' } }))).kind).toBe('valid');
});

it('says expired only of a token whose signature is good', async () => {
  const { token } = await tokens.issue('t1', { user: 'u1', ttl: 60 });
  now = NOW + 64_000;
  expect((await tokens.authenticate(token)).kind).toBe('valid');
  now = NOW + 66_000;
  expect(await tokens.authenticate(token)).toEqual({ kind: 'expired' });
  expect(await tokens.authenticate(`${token.slice(0, -3)}AAA`)).toEqual({ kind: 'invalid' });
  expect(await tokens.authenticate(forge({ ...good, exp: 1 }, { secret: SECRETS.t2 }))).toEqual({ kind: 'invalid' });
});

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const rs256 = (() => {
  const signed = `${encode({ alg: 'RS256' })}.${encode(good)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
})();
const issued = forge(good);
const [header, payload, signature] = issued.split('.') as [string, string, string];

it.each<[string, string]>([
  ['alg none with an empty signature', `${encode({ alg: 'none' })}.${payload}.`],
  ['alg None with a signature', `${encode({ alg: 'None' })}.${payload}.${signature}`],
  ['alg none keeping a good signature', forge(good, { header: { alg: 'none' } })],
  ['no alg', forge(good, { header: {} })],
  ['RS256, properly signed', rs256],
  ['RS256 in the header, HS256 with the tenant secret', forge(good, { header: { alg: 'RS256' } })],
  ['HS256 signed with an RSA public key', forge(good, { secret: Buffer.from(pem) })],
  ['HS512 with the right secret', forge(good, { header: { alg: 'HS512' }, hash: 'sha512' })],
  [
    'an embedded key',
    forge(good, { header: { alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } }, secret: Buffer.from([0, 0, 0]) }),
  ],
  [
    'kid that walks the file system',
    forge(good, { header: { alg: 'HS256', kid: '../../dev/null' }, secret: Buffer.alloc(0) }),
  ],
  [
    'kid that is SQL',
    forge(good, { header: { alg: 'HS256', kid: "' UNION SELECT 'k' --" }, secret: Buffer.from('k') }),
  ],
  [
    'a key at an address (jku)',
    forge(good, { header: { alg: 'HS256', jku: 'https://evil.example/jwks' }, secret: Buffer.alloc(32, 9) }),
  ],
  [
    'a certificate at an address (x5u)',
    forge(good, { header: { alg: 'HS256', x5u: 'https://evil.example/c.pem' }, secret: Buffer.alloc(32, 9) }),
  ],
  [
    'ES256 with a signature of zeros',
    `${encode({ alg: 'ES256' })}.${encode(good)}.${Buffer.alloc(64).toString('base64url')}`,
  ],
  ['HS256 with a signature of zeros', `${header}.${payload}.${Buffer.alloc(32).toString('base64url')}`],
  ['a subject said twice', forge(JSON.stringify(good).replace('{', '{"sub":"u2",'))],
  ['a subject said twice, once escaped', forge(JSON.stringify(good).replace('{', '{"s\\u0075b":"u2",'))],
  ['a tenant said twice', forge(JSON.stringify(good).replace('}', ',"ten":"t1"}'))],
  ['exp said twice', forge(JSON.stringify(good).replace('{', '{"exp":1,'))],
  ['alg said twice', forge(good, { header: '{"alg":"none","alg":"HS256"}' as never })],
  ['iat as text', forge({ ...good, iat: String(SECONDS) })],
  ['iat that is null', forge({ ...good, iat: null })],
  ['iat before any date', forge({ ...good, iat: -1 })],
  ['iat beyond any date', forge({ ...good, iat: 1e300 })],
  ['a critical extension nobody knows', forge(good, { header: { alg: 'HS256', crit: ['x'], x: 1 } })],
  ['an unencoded payload', forge(good, { header: { alg: 'HS256', b64: false, crit: ['b64'] } })],
  ["another tenant's secret", forge(good, { secret: SECRETS.t2 })],
  ['a tenant that is not there', forge({ ...good, ten: 't9' })],
  ['a tenant named like a prototype', forge({ ...good, ten: '__proto__ x' })],
  ['no tenant', forge({ sub: 'u1', exp: good.exp })],
  ['no subject', forge({ ten: 't1', exp: good.exp })],
  ['no exp', forge({ sub: 'u1', ten: 't1' })],
  ['exp as text', forge({ ...good, exp: String(good.exp) })],
  ['exp beyond any date', forge({ ...good, exp: 1e300 })],
  ['nbf in the future', forge({ ...good, nbf: SECONDS + 60 })],
  ['a subject with white space', forge({ ...good, sub: 'u 1' })],
  ['an empty subject', forge({ ...good, sub: '' })],
  ['a subject of 129 characters', forge({ ...good, sub: 'u'.repeat(129) })],
  ['a device that is no text', forge({ ...good, dev: 7 })],
  ['a topic that names a user stream', forge({ ...good, top: ['@u2'] })],
  ['topics that are no list', forge({ ...good, top: 'news' })],
  ['claims that are a list', forge([good])],
  ['a changed payload', `${header}.${encode({ ...good, sub: 'u2' })}.${signature}`],
  ['a changed signature', `${header}.${payload}.${signature.slice(0, -2)}xx`],
  ['no signature', `${header}.${payload}`],
  ['more than 8 KB', forge({ ...good, x: 'x'.repeat(8192) })],
  ['100 KB', forge({ ...good, x: 'x'.repeat(100_000) })],
  ['100 KB of header', forge(good, { header: { alg: 'HS256', x: 'x'.repeat(100_000) } })],
  ['nothing', ''],
  ['dots', '..'],
  ['garbage', 'not a token'],
  ['five parts (encrypted)', `${issued}.x.y`],
  ['binary', '\u0000\uffff.\u0000.\u0000'],
])('refuses %s', async (_, token) => {
  expect(await tokens.authenticate(token)).toEqual({ kind: 'invalid' });
});

it('passes on that the secrets cannot be read now', async () => {
  const down = createJwtTokens({ secretOf: () => Promise.reject(new Error('down')) });
  await expect(down.authenticate(issued)).rejects.toThrow('down');
});

it.each<[string, any, object]>([
  ['no user', {}, { code: 'INVALID', field: 'user' }],
  ['a user with white space', { user: 'a b' }, { code: 'INVALID', field: 'user' }],
  ['a ttl of 0', { user: 'u', ttl: 0 }, { code: 'INVALID', field: 'ttl' }],
  ['a ttl beyond 30 days', { user: 'u', ttl: 30 * 86400 + 1 }, { code: 'INVALID', field: 'ttl' }],
  ['a topic starting with @', { user: 'u', topics: ['a', '@b'] }, { code: 'INVALID', field: 'topics[1]' }],
  ['an unknown field', { user: 'u', admin: true }, { code: 'UNKNOWN_FIELD', field: 'admin' }],
  [
    'topics that make it larger than it may be',
    { user: 'u', topics: Array.from({ length: 99 }, (_, i) => `${i}`.padEnd(128, 'x')) },
    { code: 'TOO_LARGE', field: 'topics' },
  ],
])('does not issue for %s', async (_, request, expected) => {
  await expect(tokens.issue('t1', request)).rejects.toMatchObject(expected);
});

it('does not issue for a tenant that is not there', async () => {
  await expect(tokens.issue('t9', { user: 'u' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('does not work with a weak secret', async () => {
  const weak = createJwtTokens({ secretOf: async () => Buffer.from('secret') });
  await expect(weak.issue('t1', { user: 'u' })).rejects.toMatchObject({ code: 'INTERNAL' });
  await expect(weak.authenticate(forge(good, { secret: Buffer.from('secret') }))).rejects.toMatchObject({
    code: 'INTERNAL',
  });
});
