import { identityOf, keyIdOf, signBundle, type KeyBundle } from './bundle.js';
import type { KeyStore } from './key-store.js';
import type { Primitives } from './primitives.js';
import type { CryptoKeyPairSlice, CryptoKeySlice } from './web-crypto.js';

const NAME = 'self';

interface Agreement {
  readonly keyId: string;
  readonly pair: CryptoKeyPairSlice;
  readonly point: Uint8Array;
  readonly madeAt: number;
}

interface Self {
  readonly user: string;
  readonly device: string;
  readonly identity: string;
  readonly sign: CryptoKeyPairSlice;
  readonly point: Uint8Array;
  /** The newest first; those behind it open what was sealed before it was known. */
  readonly agreements: readonly Agreement[];
  /** When the last message was sealed. */
  readonly lastAt: number;
}

/** What `self` was when it was read last; the store may know a later one, written by another page. */
export class OwnKeys {
  private constructor(
    private readonly primitives: Primitives,
    private readonly store: KeyStore,
    private self: Self,
  ) {}

  /** Reads this device's keys, or makes them: once, whoever comes first. */
  static async load(
    primitives: Primitives,
    store: KeyStore,
    { user, device, now }: { user: string; device: string; now: number },
  ): Promise<OwnKeys> {
    const known = await store.read(NAME);
    if (known !== undefined) return new OwnKeys(primitives, store, known as Self);
    const sign = await primitives.newIdentity();
    const point = await primitives.publicBytes(sign.publicKey);
    const fresh: Self = {
      user,
      device,
      identity: await identityOf(primitives, point),
      sign,
      point,
      agreements: [await newAgreement(primitives, now)],
      lastAt: 0,
    };
    return new OwnKeys(primitives, store, (await store.change(NAME, (value) => value ?? fresh)) as Self);
  }

  get user(): string {
    return this.self.user;
  }
  get device(): string {
    return this.self.device;
  }
  get identity(): string {
    return this.self.identity;
  }
  get point(): Uint8Array {
    return this.self.point;
  }
  get signer(): CryptoKeySlice {
    return this.self.sign.privateKey;
  }

  bundle(): Promise<KeyBundle> {
    const { user, device, point, sign, agreements } = this.self;
    const [newest] = agreements as [Agreement];
    const claims = { user, device, sign: point, agree: newest.point, madeAt: newest.madeAt };
    return signBundle(this.primitives, claims, sign.privateKey);
  }

  /** Of the first of these keys that is this device's; read again where another page may have made a new one. */
  async opener(keyIds: readonly string[]): Promise<{ keyId: string; key: CryptoKeySlice } | undefined> {
    const find = () => this.self.agreements.find(({ keyId }) => keyIds.includes(keyId));
    let found = find();
    if (found === undefined) {
      this.self = (await this.store.read(NAME)) as Self;
      found = find();
    }
    return found && { keyId: found.keyId, key: found.pair.privateKey };
  }

  /** The time of the next message: now, or just after the last one where the clock stands or was set back. */
  async nextAt(now: number): Promise<number> {
    this.self = (await this.store.change(NAME, (value) => {
      const self = value as Self;
      return { ...self, lastAt: Math.max(now, self.lastAt + 1) };
    })) as Self;
    return this.self.lastAt;
  }

  /** A new key to agree with. Those that were replaced before `keepSince` are gone: what was sealed for them opens nowhere any more. */
  async renew(now: number, keepSince: number): Promise<void> {
    const fresh = await newAgreement(this.primitives, now);
    this.self = (await this.store.change(NAME, (value) => {
      const self = value as Self;
      const madeAt = Math.max(now, (self.agreements[0]?.madeAt ?? 0) + 1);
      const all = [{ ...fresh, madeAt }, ...self.agreements];
      // One was in use until the one made after it.
      const kept = all.filter((_, index) => index === 0 || (all[index - 1]?.madeAt ?? 0) >= keepSince);
      return { ...self, agreements: kept };
    })) as Self;
  }
}

async function newAgreement(primitives: Primitives, madeAt: number): Promise<Agreement> {
  const pair = await primitives.newAgreement();
  const point = await primitives.publicBytes(pair.publicKey);
  return { keyId: await keyIdOf(primitives, point), pair, point, madeAt };
}
