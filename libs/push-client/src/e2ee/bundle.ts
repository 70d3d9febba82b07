import { fromBase64Url, joined, toBase64Url } from './bytes.js';
import { isName, isTime, only } from './shape.js';
import { POINT_BYTES, SIGNATURE_BYTES, type Primitives } from './primitives.js';
import type { CryptoKeySlice } from './web-crypto.js';

/** What a device tells everybody about itself: JSON, kept by the application's directory. Nothing of it is secret. */
export interface KeyBundle {
  readonly v: 1;
  readonly user: string;
  readonly device: string;
  /** The device's identity: what it signs with. Another one is another device. */
  readonly sign: string;
  /** What others agree on keys with. May be renewed; `sign` vouches for it. */
  readonly agree: string;
  /** Unix milliseconds; of two bundles of an identity the later one counts. */
  readonly madeAt: number;
  readonly signature: string;
}

/** A bundle whose signature is good: it says what the owner of `sign` said. Whether that is the right owner is another question. */
export interface CheckedBundle {
  readonly user: string;
  readonly device: string;
  /** Short name of the identity. */
  readonly identity: string;
  readonly sign: Uint8Array;
  /** Short name of `agree`. */
  readonly keyId: string;
  readonly agree: Uint8Array;
  readonly madeAt: number;
}

export const identityOf = (primitives: Primitives, sign: Uint8Array): Promise<string> =>
  primitives.idOf('nest-push e2ee 1 identity', sign);
export const keyIdOf = (primitives: Primitives, agree: Uint8Array): Promise<string> =>
  primitives.idOf('nest-push e2ee 1 agreement', agree);

type Claims = Pick<CheckedBundle, 'user' | 'device' | 'sign' | 'agree' | 'madeAt'>;

export async function signBundle(primitives: Primitives, claims: Claims, key: CryptoKeySlice): Promise<KeyBundle> {
  const signature = await primitives.sign(key, claimed(claims));
  return {
    v: 1,
    user: claims.user,
    device: claims.device,
    sign: toBase64Url(claims.sign),
    agree: toBase64Url(claims.agree),
    madeAt: claims.madeAt,
    signature: toBase64Url(signature),
  };
}

/** Undefined for anything but a bundle of version 1 that its own identity signed. */
export async function checkBundle(primitives: Primitives, given: unknown): Promise<CheckedBundle | undefined> {
  const bundle = only(given, ['v', 'user', 'device', 'sign', 'agree', 'madeAt', 'signature']);
  if (bundle?.v !== 1 || !isName(bundle.user) || !isName(bundle.device) || !isTime(bundle.madeAt)) return undefined;
  const { user, device, madeAt } = bundle;
  const [sign, agree, signature] = [bundle.sign, bundle.agree, bundle.signature].map((text) =>
    typeof text === 'string' ? fromBase64Url(text) : undefined,
  );
  if (sign?.length !== POINT_BYTES || agree?.length !== POINT_BYTES || signature?.length !== SIGNATURE_BYTES) {
    return undefined;
  }
  if (!(await primitives.isSigned(sign, signature, claimed({ user, device, sign, agree, madeAt })))) return undefined;
  const [identity, keyId] = await Promise.all([identityOf(primitives, sign), keyIdOf(primitives, agree)]);
  return { user, device, identity, sign, keyId, agree, madeAt };
}

const claimed = ({ user, device, sign, agree, madeAt }: Claims): Uint8Array =>
  joined('nest-push e2ee 1 bundle', user, device, sign, agree, String(madeAt));
