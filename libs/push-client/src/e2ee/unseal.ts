import { readContent, type Content } from './content.js';
import { boxContext, signedPart, wrapContext, type Envelope, type Place } from './envelope.js';
import type { Primitives } from './primitives.js';
import type { CryptoKeySlice } from './web-crypto.js';

export interface Opener {
  readonly user: string;
  readonly device: string;
  readonly keyId: string;
  readonly key: CryptoKeySlice;
}

export const isSignedBy = (
  primitives: Primitives,
  sign: Uint8Array,
  envelope: Envelope,
  place: Place,
): Promise<boolean> => primitives.isSigned(sign, envelope.sig, signedPart(envelope, place));

/** Undefined where anything is not as it was sealed: content, key, place, sender, or who it was for. */
export async function unseal(
  primitives: Primitives,
  opener: Opener,
  envelope: Envelope,
  place: Place,
): Promise<Content | undefined> {
  const entry = envelope.to.find(({ keyId }) => keyId === opener.keyId);
  if (entry === undefined) return undefined;
  const context = wrapContext(envelope, place, opener);
  const key = await primitives.agree(opener.key, envelope.eph, envelope.eph, context).catch(() => undefined);
  const contentKey = key && (await primitives.open(key, entry.wrapped, context));
  const bytes = contentKey && (await primitives.open(contentKey, envelope.box, boxContext(envelope, place)));
  return bytes && readContent(bytes);
}
