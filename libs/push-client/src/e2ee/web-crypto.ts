// The slice of WebCrypto used here: typed by hand, so that this compiles with the browser's types, with Node's and without any.

/** A `CryptoKey`. What is in a private one never leaves the platform. */
export interface CryptoKeySlice {
  readonly type: string;
}

export interface CryptoKeyPairSlice {
  readonly publicKey: CryptoKeySlice;
  readonly privateKey: CryptoKeySlice;
}

type Bytes = Uint8Array;
type Algorithm = string | { readonly name: string };

export interface SubtleSlice {
  digest(algorithm: string, data: Bytes): Promise<ArrayBuffer>;
  generateKey(algorithm: Algorithm, extractable: boolean, usages: readonly string[]): Promise<CryptoKeyPairSlice>;
  importKey(
    format: 'raw',
    key: Bytes,
    algorithm: Algorithm,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<CryptoKeySlice>;
  exportKey(format: 'raw', key: CryptoKeySlice): Promise<ArrayBuffer>;
  deriveBits(algorithm: Algorithm, key: CryptoKeySlice, bits: number): Promise<ArrayBuffer>;
  encrypt(algorithm: Algorithm, key: CryptoKeySlice, data: Bytes): Promise<ArrayBuffer>;
  decrypt(algorithm: Algorithm, key: CryptoKeySlice, data: Bytes): Promise<ArrayBuffer>;
  sign(algorithm: Algorithm, key: CryptoKeySlice, data: Bytes): Promise<ArrayBuffer>;
  verify(algorithm: Algorithm, key: CryptoKeySlice, signature: Bytes, data: Bytes): Promise<boolean>;
}

export interface WebCryptoSlice {
  readonly subtle: SubtleSlice;
  getRandomValues(into: Bytes): Bytes;
}

/** Undefined where there is none: a page that did not come over https. */
export function platformCrypto(): WebCryptoSlice | undefined {
  const given = (globalThis as unknown as { crypto?: Partial<WebCryptoSlice> }).crypto;
  return given?.subtle === undefined ? undefined : (given as WebCryptoSlice);
}
