import { joined, toBase64Url } from './bytes.js';
import type { CryptoKeyPairSlice, CryptoKeySlice, WebCryptoSlice } from './web-crypto.js';

// P-256 throughout: X25519 and Ed25519 came late to browsers, and are experimental in Node 20.
const AGREE = { name: 'ECDH', namedCurve: 'P-256' };
const SIGN = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };

export const POINT_BYTES = 65;
export const SIGNATURE_BYTES = 64;
export const CONTENT_KEY_BYTES = 32;
export const TAG_BYTES = 16;
const ID_BYTES = 16;

/** Every key encrypts one thing, so the nonce need not differ. */
const NONCE = new Uint8Array(12);

/** What is done with keys, in the words of this protocol. `domain` keeps what is made for one purpose from serving another. */
export class Primitives {
  constructor(private readonly crypto: WebCryptoSlice) {}

  random(bytes: number): Uint8Array {
    return this.crypto.getRandomValues(new Uint8Array(bytes));
  }

  async hash(...parts: readonly (string | Uint8Array)[]): Promise<Uint8Array> {
    return new Uint8Array(await this.crypto.subtle.digest('SHA-256', joined(...parts)));
  }

  /** A key's short name: 128 bits of its hash. */
  async idOf(domain: string, key: Uint8Array): Promise<string> {
    return toBase64Url((await this.hash(domain, key)).subarray(0, ID_BYTES));
  }

  newAgreement(): Promise<CryptoKeyPairSlice> {
    return this.crypto.subtle.generateKey(AGREE, false, ['deriveBits']);
  }

  newIdentity(): Promise<CryptoKeyPairSlice> {
    return this.crypto.subtle.generateKey(SIGN, false, ['sign', 'verify']);
  }

  async publicBytes(key: CryptoKeySlice): Promise<Uint8Array> {
    return new Uint8Array(await this.crypto.subtle.exportKey('raw', key));
  }

  async sign(key: CryptoKeySlice, what: Uint8Array): Promise<Uint8Array> {
    return new Uint8Array(await this.crypto.subtle.sign(SIGNING, key, what));
  }

  /** False also where `point` is no point of the curve. */
  async isSigned(point: Uint8Array, signature: Uint8Array, what: Uint8Array): Promise<boolean> {
    try {
      const key = await this.crypto.subtle.importKey('raw', point, SIGN, true, ['verify']);
      return await this.crypto.subtle.verify(SIGNING, key, signature, what);
    } catch {
      return false;
    }
  }

  /** The key that only the two owners can make, for one purpose (`info`). Rejects where `point` is no point of the curve. */
  async agree(own: CryptoKeySlice, point: Uint8Array, salt: Uint8Array, info: Uint8Array): Promise<Uint8Array> {
    const { subtle } = this.crypto;
    const publicKey = await subtle.importKey('raw', point, AGREE, true, []);
    const shared = new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: publicKey } as never, own, 256));
    const material = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveBits']);
    const parameters = { name: 'HKDF', hash: 'SHA-256', salt, info };
    return new Uint8Array(await subtle.deriveBits(parameters, material, CONTENT_KEY_BYTES * 8));
  }

  /** With a key that is used for nothing else. `context` is not sent: whoever opens it must know the same. */
  async seal(key: Uint8Array, plaintext: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
    const aes = await this.aes(key, 'encrypt');
    return new Uint8Array(await this.crypto.subtle.encrypt(gcm(context), aes, plaintext));
  }

  /** Undefined where key, context or content are not what was sealed. */
  async open(key: Uint8Array, sealed: Uint8Array, context: Uint8Array): Promise<Uint8Array | undefined> {
    const aes = await this.aes(key, 'decrypt');
    try {
      return new Uint8Array(await this.crypto.subtle.decrypt(gcm(context), aes, sealed));
    } catch {
      return undefined;
    }
  }

  private aes(key: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<CryptoKeySlice> {
    return this.crypto.subtle.importKey('raw', key, 'AES-GCM', false, [usage]);
  }
}

const gcm = (additionalData: Uint8Array): { name: string; iv: Uint8Array; additionalData: Uint8Array } => ({
  name: 'AES-GCM',
  iv: NONCE,
  additionalData,
});
