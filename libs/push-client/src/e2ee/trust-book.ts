import type { CheckedBundle } from './bundle.js';
import type { KeyStore } from './key-store.js';

/** One device, as named by a user. */
export interface DeviceName {
  readonly user: string;
  readonly device: string;
}

/** A device's identity. */
export interface KnownDevice extends DeviceName {
  readonly identity: string;
}

/** A device shows another identity than it had. Nothing is sealed for it, nothing from it is believed, until `accept`. */
export interface KeyChange extends KnownDevice {
  /** What is pinned. */
  readonly pinned: string;
}

/** A device that was not known. `isTrusted`: pinned as it came; otherwise it waits for `accept`. */
export interface NewDevice extends KnownDevice {
  readonly isTrusted: boolean;
}

/** `first-use`: a device not known before is trusted. `confirm`: only after `accept`. */
export type NewDevices = 'first-use' | 'confirm';

interface Pin {
  /** Absent: nothing was ever trusted under this name. */
  readonly identity?: string;
  readonly sign?: Uint8Array;
  readonly madeAt: number;
  readonly isVerified: boolean;
  readonly isRemoved: boolean;
  /** Seen since, and not accepted. */
  readonly offered?: { readonly identity: string; readonly sign: Uint8Array };
}

export type Verdict =
  | { readonly kind: 'trusted'; readonly isVerified: boolean }
  | { readonly kind: 'keyChanged'; readonly change: KeyChange }
  /** Not known before, and not accepted yet. */
  | { readonly kind: 'unconfirmed' }
  | { readonly kind: 'removed' }
  /** An earlier bundle than one seen before: somebody turns time back. */
  | { readonly kind: 'stale' };

export interface TrustEvents {
  keyChange: KeyChange;
  newDevice: NewDevice;
}

/** Which identity belongs to which device's name, as far as this device has seen: pinned at first sight, changed by the user alone. */
export class TrustBook {
  constructor(
    private readonly store: KeyStore,
    private readonly policy: NewDevices,
    private readonly tell: <E extends keyof TrustEvents>(event: E, about: TrustEvents[E]) => void,
  ) {}

  /** This device is always itself, whatever a directory says. */
  async pinOwn(name: DeviceName, own: { readonly identity: string; readonly sign: Uint8Array }): Promise<void> {
    await this.store.change(keyOf(name), (value): Pin => {
      const pin = value as Pin | undefined;
      return pin?.identity === own.identity ? pin : { ...own, madeAt: 0, isVerified: true, isRemoved: false };
    });
  }

  /** What is pinned for a device; undefined where nothing is. */
  async pinned(name: DeviceName): Promise<{ identity: string; sign: Uint8Array; verdict: Verdict } | undefined> {
    const pin = (await this.store.read(keyOf(name))) as Pin | undefined;
    if (pin?.identity === undefined || pin.sign === undefined) return undefined;
    const verdict: Verdict = pin.isRemoved ? { kind: 'removed' } : { kind: 'trusted', isVerified: pin.isVerified };
    return { identity: pin.identity, sign: pin.sign, verdict };
  }

  /** A bundle was seen. */
  async meet(bundle: CheckedBundle): Promise<Verdict> {
    const { user, device, identity, sign, madeAt } = bundle;
    let verdict: Verdict = { kind: 'unconfirmed' };
    let news: (() => void) | undefined;
    await this.store.change(keyOf(bundle), (value): Pin => {
      const pin = value as Pin | undefined;
      if (pin === undefined) {
        const isTrusted = this.policy === 'first-use';
        news = () => this.tell('newDevice', { user, device, identity, isTrusted });
        if (isTrusted) verdict = { kind: 'trusted', isVerified: false };
        const state = { madeAt, isVerified: false, isRemoved: false };
        return isTrusted ? { ...state, identity, sign } : { ...state, offered: { identity, sign } };
      }
      if (pin.identity === identity) {
        if (madeAt < pin.madeAt) verdict = { kind: 'stale' };
        else if (pin.isRemoved) verdict = { kind: 'removed' };
        else verdict = { kind: 'trusted', isVerified: pin.isVerified };
        return { ...pin, madeAt: Math.max(madeAt, pin.madeAt) };
      }
      if (pin.identity !== undefined) {
        const change: KeyChange = { user, device, identity, pinned: pin.identity };
        verdict = { kind: 'keyChanged', change };
        if (pin.offered?.identity !== identity) news = () => this.tell('keyChange', change);
      }
      return { ...pin, offered: { identity, sign } };
    });
    news?.();
    return verdict;
  }

  /** False where this identity was not offered for the device: what the user has compared is not what there is. */
  async accept({ user, device, identity }: KnownDevice, isVerified: boolean): Promise<boolean> {
    let isDone = false;
    await this.store.change(keyOf({ user, device }), (value): Pin | undefined => {
      const pin = value as Pin | undefined;
      if (pin?.identity === identity) {
        isDone = true;
        return { ...pin, isRemoved: false, isVerified: pin.isVerified || isVerified };
      }
      if (pin?.offered?.identity !== identity) return pin;
      isDone = true;
      return { ...pin.offered, madeAt: 0, isVerified, isRemoved: false };
    });
    return isDone;
  }

  /** Lost or given away: nothing is sealed for it or believed from it any more. */
  async remove(name: DeviceName): Promise<void> {
    await this.store.change(keyOf(name), (value) => {
      const pin = value as Pin | undefined;
      return { ...(pin ?? { madeAt: 0, isVerified: false }), isRemoved: true };
    });
  }
}

/** Names hold no white space. */
const keyOf = ({ user, device }: DeviceName): string => `pin ${user} ${device}`;
