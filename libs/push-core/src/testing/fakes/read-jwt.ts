import { constants, verify, type KeyObject } from 'node:crypto';

export interface ReadJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What a JWT says, where this key signed it with this algorithm; undefined otherwise. Judges no dates. */
export function readJwt(jwt: string, key: KeyObject, alg: 'ES256' | 'RS256' | 'PS256'): ReadJwt | undefined {
  const [header = '', claims = '', signature = '', ...more] = jwt.split('.');
  const read = { header: part(header), claims: part(claims) };
  if (more.length > 0 || read.header?.alg !== alg || !read.claims) return undefined;
  const way = {
    ES256: { key, dsaEncoding: 'ieee-p1363' as const },
    RS256: { key },
    PS256: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  }[alg];
  const good = verify('sha256', Buffer.from(`${header}.${claims}`), way, Buffer.from(signature, 'base64url'));
  return good ? { header: read.header, claims: read.claims } : undefined;
}

function part(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
