import { describe, expect, it } from '@jest/globals';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { signJwt, type JwtAlgorithm } from './sign-jwt.js';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe.each([
  ['ES256', ec],
  ['RS256', rsa],
  ['PS256', rsa],
] as const)('%s', (alg: JwtAlgorithm, { privateKey, publicKey }) => {
  it('is verified by a library that we did not write', async () => {
    const jwt = signJwt({ kid: 'K1' }, { iss: 'T1', iat: 1_700_000_000 }, privateKey, alg);
    const { payload, protectedHeader } = await jwtVerify(jwt, publicKey, { algorithms: [alg] });
    expect(protectedHeader).toEqual({ alg, kid: 'K1' });
    expect(payload).toEqual({ iss: 'T1', iat: 1_700_000_000 });
  });

  it('takes the key as PEM text', async () => {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await expect(jwtVerify(signJwt({}, {}, pem, alg), publicKey)).resolves.toBeDefined();
  });
});

it('signs HS256 with a secret', () => {
  const [header, claims, signature] = signJwt({ typ: 'JWT' }, { a: 1 }, 'secret', 'HS256').split('.');
  expect(signature).toBe(createHmac('sha256', 'secret').update(`${header}.${claims}`).digest('base64url'));
});

it('refuses a key of another kind', () => {
  expect(() => signJwt({}, {}, rsa.privateKey, 'ES256')).toThrow('ES256 needs a private key of the kind ec');
  expect(() => signJwt({}, {}, ec.privateKey, 'RS256')).toThrow('RS256 needs a private key of the kind rsa');
});
