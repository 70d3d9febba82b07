import { createCipheriv, createECDH, createHmac, randomFillSync, type ECDH } from 'node:crypto';

/** A subscription's keys, decoded. */
export interface Recipient {
  /** 65 bytes: an uncompressed point of P-256. */
  readonly publicKey: Buffer;
  /** 16 bytes. */
  readonly auth: Buffer;
}

/** What is new with every message. */
export interface Sealing {
  /** 65 bytes: our side of the key agreement. */
  readonly senderKey: Buffer;
  /** 32 bytes: what it came to. */
  readonly secret: Buffer;
  /** 16 bytes. */
  readonly salt: Uint8Array;
}

/** Undefined where the recipient's key is no point of the curve. */
export type Encrypt = (plaintext: Uint8Array, to: Recipient) => Buffer | undefined;

const CURVE = 'prime256v1';
const SALT_BYTES = 16;
const SALTS_AT_ONCE = 256;
const TAG_BYTES = 16;
const DELIMITER_BYTES = 1;
/** Salt, record size, length of the key, key. */
const HEADER_BYTES = SALT_BYTES + 4 + 1 + 65;
/** Every push service takes a body of this size (RFC 8030, section 7.2). */
const BODY_BYTES = 4096;
/** The longest plaintext that makes such a body. */
export const PLAINTEXT_BYTES = BODY_BYTES - HEADER_BYTES - DELIMITER_BYTES - TAG_BYTES;

const ONE = Buffer.from([1]);
const KEY_INFO = Buffer.from('WebPush: info\0');
const CONTENT_KEY_INFO = Buffer.from('Content-Encoding: aes128gcm\0\x01');
const NONCE_INFO = Buffer.from('Content-Encoding: nonce\0\x01');
/** Follows the content of the last record (RFC 8188, section 2). */
const DELIMITER = Buffer.from([2]);

/**
 * Web Push encryption (RFC 8291: `aes128gcm` of RFC 8188, one record). Each message has a key pair and a salt of its own, as the
 * RFC demands: making the pair is a tenth of what the key agreement costs, so there is nothing to win by keeping one for longer.
 * The curve's context is made once, and salts are drawn in bulk.
 */
export function createEncrypter(): Encrypt {
  const sender = createECDH(CURVE);
  const salts = Buffer.alloc(SALTS_AT_ONCE * SALT_BYTES);
  let used = salts.length;
  return (plaintext, to) => {
    if (used === salts.length) {
      randomFillSync(salts);
      used = 0;
    }
    const salt = salts.subarray(used, (used += SALT_BYTES));
    const senderKey = sender.generateKeys();
    const secret = agree(sender, to.publicKey);
    return secret && seal(plaintext, to, { senderKey, secret, salt });
  };
}

function agree(sender: ECDH, publicKey: Buffer): Buffer | undefined {
  try {
    return sender.computeSecret(publicKey);
  } catch {
    return undefined;
  }
}

/** The same with everything given, for what is known to come out. */
export function seal(plaintext: Uint8Array, to: Recipient, { senderKey, secret, salt }: Sealing): Buffer {
  const agreed = hmac(to.auth, secret);
  const inputKey = hmac(agreed, KEY_INFO, to.publicKey, senderKey, ONE);
  const key = hmac(salt, inputKey);
  const contentKey = hmac(key, CONTENT_KEY_INFO).subarray(0, 16);
  const nonce = hmac(key, NONCE_INFO).subarray(0, 12);

  const body = Buffer.allocUnsafe(HEADER_BYTES + plaintext.length + DELIMITER_BYTES + TAG_BYTES);
  body.set(salt, 0);
  body.writeUInt32BE(BODY_BYTES, SALT_BYTES);
  body.writeUInt8(senderKey.length, SALT_BYTES + 4);
  body.set(senderKey, SALT_BYTES + 5);
  const cipher = createCipheriv('aes-128-gcm', contentKey, nonce);
  body.set(cipher.update(plaintext), HEADER_BYTES);
  body.set(cipher.update(DELIMITER), HEADER_BYTES + plaintext.length);
  cipher.final();
  body.set(cipher.getAuthTag(), HEADER_BYTES + plaintext.length + DELIMITER_BYTES);
  return body;
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const code = createHmac('sha256', key);
  for (const part of parts) code.update(part);
  return code.digest();
}
