import type { CheckedBundle } from './bundle.js';
import { writeContent, type Content } from './content.js';
import { boxContext, signedPart, wrapContext, writeEnvelope, type Place, type SealedData } from './envelope.js';
import { CONTENT_KEY_BYTES, type Primitives } from './primitives.js';
import { toBase64Url } from './bytes.js';
import type { CryptoKeySlice } from './web-crypto.js';

export interface Sender {
  readonly user: string;
  readonly device: string;
  readonly identity: string;
  readonly signer: CryptoKeySlice;
}

export type Recipient = Pick<CheckedBundle, 'user' | 'device' | 'keyId' | 'agree'>;

const ID_BYTES = 16;

/**
 * Content under a key of its own; that key for each device under one that only it and this message's ephemeral key lead to; all of it
 * signed. The ephemeral key is forgotten with this call.
 */
export async function seal(
  primitives: Primitives,
  sender: Sender,
  { recipients, content, place, at }: { recipients: readonly Recipient[]; content: Content; place: Place; at: number },
): Promise<SealedData> {
  const { user, device, identity, signer } = sender;
  const ephemeral = await primitives.newAgreement();
  const contentKey = primitives.random(CONTENT_KEY_BYTES);
  const message = {
    id: toBase64Url(primitives.random(ID_BYTES)),
    from: { user, device, identity },
    at,
    eph: await primitives.publicBytes(ephemeral.publicKey),
  };
  const to = await Promise.all(
    recipients.map(async ({ keyId, agree, ...name }) => {
      const context = wrapContext(message, place, { ...name, keyId });
      const key = await primitives.agree(ephemeral.privateKey, agree, message.eph, context);
      return { keyId, wrapped: await primitives.seal(key, contentKey, context) };
    }),
  );
  const box = await primitives.seal(contentKey, writeContent(content), boxContext(message, place));
  const unsigned = { ...message, to, box };
  return writeEnvelope({ ...unsigned, sig: await primitives.sign(signer, signedPart(unsigned, place)) });
}
