import { constants, createHmac, createPrivateKey, sign, type KeyObject } from 'node:crypto';

export type JwtAlgorithm = 'ES256' | 'PS256' | 'RS256' | 'HS256';

/**
 * A signed JWT in its compact form. `alg` comes first in the header, what `header` has follows. `key`: PEM text or a KeyObject that is
 * kept (reading a PEM costs more than signing); for HS256 the secret itself. Throws where the key does not fit the algorithm.
 */
export function signJwt(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  key: KeyObject | string,
  alg: JwtAlgorithm,
): string {
  const text = `${encode({ alg, ...header })}.${encode(claims)}`;
  return `${text}.${signature(Buffer.from(text), key, alg).toString('base64url')}`;
}

function signature(text: Buffer, key: KeyObject | string, alg: JwtAlgorithm): Buffer {
  if (alg === 'HS256') return createHmac('sha256', key).update(text).digest();
  const privateKey = typeof key === 'string' ? createPrivateKey(key) : key;
  const wanted = alg === 'ES256' ? 'ec' : 'rsa';
  if (privateKey.asymmetricKeyType !== wanted) throw new Error(`${alg} needs a private key of the kind ${wanted}`);
  switch (alg) {
    case 'ES256':
      // JOSE wants r and s side by side; OpenSSL alone would write DER.
      return sign('sha256', text, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    case 'PS256':
      return sign('sha256', text, {
        key: privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      });
    case 'RS256':
      return sign('sha256', text, privateKey);
  }
}

const encode = (part: Readonly<Record<string, unknown>>): string =>
  Buffer.from(JSON.stringify(part)).toString('base64url');
