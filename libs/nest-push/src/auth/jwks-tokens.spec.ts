import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac, createSign, generateKeyPairSync, sign as signBytes, type KeyObject } from 'node:crypto';
import { ManualClock } from 'push-core/testing';
import type { JwksIssuer } from './jwks-keys.js';
import { JwksKeys } from './jwks-keys.js';
import { createJwtTokens } from './jwt-tokens.js';

const NOW = 1_700_000_000_000;
const SECONDS = NOW / 1000;
const URL_A = 'https://a.example/jwks';
const URL_B = 'https://b.example/jwks';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');

type Pair = { publicKey: KeyObject; privateKey: KeyObject };
const jwk = (kid: string, pair: Pair, more: object = {}) => ({
  ...pair.publicKey.export({ format: 'jwk' }),
  kid,
  use: 'sig',
  ...more,
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
type Algorithm = 'RS256' | 'ES256' | 'EdDSA' | 'PS256' | 'RS512';
function signed(header: { alg: Algorithm; [name: string]: unknown }, payload: object, key: KeyObject): string {
  const text = `${encode(header)}.${encode(payload)}`;
  const bytes = Buffer.from(text);
  switch (header.alg) {
    case 'RS256':
      return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
    case 'RS512':
      return `${text}.${createSign('RSA-SHA512').update(text).sign(key, 'base64url')}`;
    case 'PS256':
      return `${text}.${createSign('RSA-SHA256').update(text).sign({ key, padding: 6, saltLength: 32 }, 'base64url')}`;
    case 'ES256':
      return `${text}.${signBytes('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
    case 'EdDSA':
      return `${text}.${signBytes(null, bytes, key).toString('base64url')}`;
  }
}

const documents: Record<string, string | undefined> = {};
let asked: string[] = [];
const issuers: Record<string, readonly JwksIssuer[]> = {};
const read = async (url: string): Promise<string | undefined> => {
  asked.push(url);
  return documents[url];
};
let tokens: ReturnType<typeof createJwtTokens>;

beforeEach(() => {
  asked = [];
  documents[URL_A] = JSON.stringify({ keys: [jwk('r1', rsa), jwk('e1', ec), jwk('d1', ed)] });
  documents[URL_B] = JSON.stringify({ keys: [jwk('r1', otherRsa)] });
  issuers.a = [{ issuer: 'https://a.example', jwksUrl: URL_A }];
  issuers.b = [{ issuer: 'https://b.example', jwksUrl: URL_B }];
  tokens = createJwtTokens({
    secretOf: async () => Buffer.alloc(32, 1),
    issuersOf: async (tenant) => issuers[tenant] ?? [],
    readJwks: read,
    now: () => NOW,
  });
});
afterEach(() => expect(asked.length).toBeLessThan(10));

const good = { iss: 'https://a.example', sub: 'u1', ten: 'a', exp: SECONDS + 60 };
const rs256 = (claims: object = {}, header: object = {}) =>
  signed({ alg: 'RS256', kid: 'r1', ...header }, { ...good, ...claims }, rsa.privateKey);

describe('tokens of a tenant’s own issuer', () => {
  it.each<[Algorithm, string, Pair]>([
    ['RS256', 'r1', rsa],
    ['ES256', 'e1', ec],
    ['EdDSA', 'd1', ed],
  ])('are good when signed with %s by a key of its document', async (alg, kid, pair) => {
    const outcome = await tokens.authenticate(
      signed({ alg, kid }, { ...good, dev: 'd1', top: ['news'] }, pair.privateKey),
    );
    expect(outcome).toMatchObject({
      kind: 'valid',
      identity: { tenant: 'a', user: 'u1', device: 'd1', topics: ['news'] },
    });
  });

  it('share one reading of the document', async () => {
    await Promise.all(Array.from({ length: 20 }, () => tokens.authenticate(rs256())));
    expect(asked).toEqual([URL_A]);
  });

  it('say that they have expired only when the signature is good', async () => {
    expect(await tokens.authenticate(rs256({ exp: SECONDS - 61 }))).toEqual({ kind: 'expired' });
    const forged = signed({ alg: 'RS256', kid: 'r1' }, { ...good, exp: SECONDS - 61 }, otherRsa.privateKey);
    expect(await tokens.authenticate(forged)).toEqual({ kind: 'invalid' });
  });

  it('need their audience where the tenant names one', async () => {
    issuers.a = [{ issuer: 'https://a.example', jwksUrl: URL_A, audience: 'push' }];
    expect((await tokens.authenticate(rs256({ aud: ['web', 'push'] }))).kind).toBe('valid');
    for (const aud of [undefined, 'web', ['web']])
      expect((await tokens.authenticate(rs256({ aud }))).kind).toBe('invalid');
  });

  it('need an algorithm that the tenant allows', async () => {
    issuers.a = [{ issuer: 'https://a.example', jwksUrl: URL_A, algorithms: ['ES256', 'HS256', 'none'] }];
    expect((await tokens.authenticate(rs256())).kind).toBe('invalid');
    expect((await tokens.authenticate(signed({ alg: 'ES256', kid: 'e1' }, good, ec.privateKey))).kind).toBe('valid');
  });

  const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const hs256 = (secret: string | Uint8Array, header: object = {}) => {
    const text = `${encode({ alg: 'HS256', ...header })}.${encode(good)}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };

  it.each<[string, () => string]>([
    ['of another tenant', () => rs256({ ten: 'b' })],
    ['of another tenant, with that tenant’s issuer named', () => rs256({ ten: 'b', iss: 'https://b.example' })],
    ['of a tenant without issuers', () => rs256({ ten: 'c' })],
    ['without a tenant', () => rs256({ ten: undefined })],
    ['without an issuer', () => rs256({ iss: undefined })],
    ['of an issuer that only looks alike', () => rs256({ iss: 'https://a.example/' })],
    ['without an end', () => rs256({ exp: undefined })],
    ['not yet good', () => rs256({ nbf: SECONDS + 61 })],
    ['dated ahead', () => rs256({ iat: SECONDS + 61 })],
    [
      'signed by a key that is in nobody’s document',
      () => signed({ alg: 'RS256', kid: 'r1' }, good, otherRsa.privateKey),
    ],
    ['that name a key which is not there', () => rs256({}, { kid: 'r9' })],
    ['that name a key of another kind', () => rs256({}, { kid: 'e1' })],
    [
      'that bring their own key',
      () => signed({ alg: 'RS256', kid: 'r1', jwk: jwk('r1', otherRsa) }, good, otherRsa.privateKey),
    ],
    ['that name an address of keys', () => signed({ alg: 'RS256', jku: URL_B, kid: 'r1' }, good, otherRsa.privateKey)],
    ['in another algorithm of the same key', () => signed({ alg: 'PS256', kid: 'r1' }, good, rsa.privateKey)],
    ['with a longer hash', () => signed({ alg: 'RS512', kid: 'r1' }, good, rsa.privateKey)],
    ['made with HS256 and the public key as secret', () => hs256(publicPem, { kid: 'r1' })],
    ['made with HS256 and the modulus as secret', () => hs256(JSON.stringify(jwk('r1', rsa)))],
    [
      'ES256 with a signature of zeros',
      () => `${encode({ alg: 'ES256', kid: 'e1' })}.${encode(good)}.${Buffer.alloc(64).toString('base64url')}`,
    ],
    ['with a critical extension', () => rs256({}, { crit: ['x'], x: 1 })],
    ['of 100 KB', () => rs256({ x: 'x'.repeat(100_000) })],
  ])('are refused alike: %s', async (_, token) => {
    expect(await tokens.authenticate(token())).toEqual({ kind: 'invalid' });
  });

  it('are refused where nobody may issue but the server', async () => {
    const plain = createJwtTokens({ secretOf: async () => Buffer.alloc(32, 1), now: () => NOW });
    expect(await plain.authenticate(rs256())).toEqual({ kind: 'invalid' });
  });

  it.each([
    ['no JSON', '<html>'],
    ['no list', '{"keys":{}}'],
    ['a thousand keys', JSON.stringify({ keys: Array.from({ length: 1000 }, (_, at) => jwk(`r${at}`, rsa)) })],
    ['nothing', undefined],
  ])('may be tried again where the document is %s', async (_, text) => {
    documents[URL_A] = text;
    await expect(tokens.authenticate(rs256())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    // A flood of them asks no more often.
    for (let count = 0; count < 20; count++) await tokens.authenticate(rs256()).catch(() => {});
    expect(asked).toHaveLength(1);
  });

  it('are not verified with private or shared keys that stand in the document', async () => {
    const shared = { kty: 'oct', k: Buffer.alloc(32, 5).toString('base64url'), kid: 'r1' };
    const whole = { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'r1', use: 'sig' };
    documents[URL_A] = JSON.stringify({ keys: [shared, whole] });
    expect(await tokens.authenticate(rs256())).toEqual({ kind: 'invalid' });
  });
});

describe('the keys of an issuer', () => {
  const set = (text: string) => text as never;
  async function world() {
    const clock = new ManualClock();
    const keys = new JwksKeys(async (url) => {
      asked.push(url);
      return documents[url];
    }, clock);
    const make = (document: { keys: { kid?: string }[] }) => set(document.keys.map(({ kid }) => kid).join());
    return {
      clock,
      of: () => keys.of('a', URL_A, make),
      renewed: () => keys.renewed('a', URL_A, make),
    };
  }
  const publish = (...kids: string[]) =>
    (documents[URL_A] = JSON.stringify({ keys: kids.map((kid) => jwk(kid, rsa)) }));

  it('are read again for one that is missing, at most every 30 seconds', async () => {
    const { clock, of, renewed } = await world();
    publish('k1');
    expect(await of()).toBe('k1');
    publish('k1', 'k2');
    expect(await renewed()).toBeUndefined();
    await clock.advance(30_000);
    expect(await renewed()).toBe('k1,k2');
    expect(await renewed()).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it('are read again after five minutes, so that one which was taken out is good no more', async () => {
    const { clock, of } = await world();
    publish('k1', 'k2');
    await of();
    publish('k2');
    await clock.advance(299_999);
    expect(await of()).toBe('k1,k2');
    await clock.advance(1);
    expect(await of()).toBe('k2');
  });

  it('stay good for an hour while they cannot be read', async () => {
    const { clock, of } = await world();
    publish('k1');
    await of();
    documents[URL_A] = undefined;
    await clock.advance(3_599_000);
    expect(await of()).toBe('k1');
    await clock.advance(1_000);
    await expect(of()).rejects.toMatchObject({ retryable: true });
    publish('k3');
    await clock.advance(30_000);
    expect(await of()).toBe('k3');
  });
});
