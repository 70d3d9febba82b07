import { createPublicKey, verify } from 'node:crypto';

const DAY_SECONDS = 86_400;

/** What a push service has against an `Authorization` (RFC 8292); undefined: nothing. 403 is about the key, 401 about all else. */
export function vapidComplaint(
  authorization: string | undefined,
  origin: string,
  now: number,
  serverKey: string | undefined,
): { status: 401 | 403; complaint: string } | undefined {
  const no = (complaint: string) => ({ status: 401, complaint }) as const;
  const given = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/.exec(authorization ?? '');
  if (!given) return no('Authorization must be: vapid t=…, k=…');
  const [, header, claims, signature, key] = given as unknown as [string, string, string, string, string];
  const { alg } = decoded(header);
  if (alg !== 'ES256') return no('alg must be ES256');
  if (!isSigned(`${header}.${claims}`, signature, key)) return no('the signature is not that of k');
  const { aud, exp, sub } = decoded(claims);
  if (aud !== origin) return no('aud must be the origin of the endpoint');
  if (typeof exp !== 'number' || exp * 1000 <= now) return no('exp is over');
  if (exp * 1000 > now + DAY_SECONDS * 1000) return no('exp is more than 24 hours away');
  if (typeof sub !== 'string' || !/^(mailto:|https:\/\/)\S+$/.test(sub)) return no('sub must be mailto: or https:');
  if (serverKey !== undefined && serverKey !== key)
    return { status: 403, complaint: 'the subscription is another key’s' };
  return undefined;
}

function decoded(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function isSigned(text: string, signature: string, key: string): boolean {
  const point = Buffer.from(key, 'base64url');
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')];
  try {
    const publicKey = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
    const form = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    return verify('sha256', Buffer.from(text), form, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}
