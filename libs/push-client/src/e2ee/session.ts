import { Emitter } from '../emitter.js';
import { PushClientError } from '../errors.js';
import { utf8 } from './bytes.js';
import type { SealedNotification } from './content.js';
import { readEnvelope, type Envelope, type Place, type SealedData } from './envelope.js';
import type { KeyDirectory } from './key-directory.js';
import type { KeyStore } from './key-store.js';
import type { OpenOutcome, SealOutcome, Unreadable, VerifiedSender } from './outcome.js';
import { OwnKeys } from './own-keys.js';
import { Primitives } from './primitives.js';
import { Recipients } from './recipients.js';
import { ReplayGuard } from './replay-guard.js';
import { fingerprintOf, safetyNumberOf } from './safety-number.js';
import { seal } from './seal.js';
import { isName } from './shape.js';
import { TrustBook, type DeviceName, type KnownDevice, type NewDevices, type TrustEvents } from './trust-book.js';
import { isSignedBy, unseal } from './unseal.js';
import { platformCrypto, type WebCryptoSlice } from './web-crypto.js';

/** What a server takes as `data` of a message, bytes of JSON. */
const DATA_BYTES = 64 * 1024;
const DAY_MS = 24 * 3600 * 1000;

export interface E2eeOptions {
  /** Whose device this is, as the server names them. */
  user: string;
  device: string;
  store: KeyStore;
  directory: KeyDirectory;
  /** What to do with a device that was not known. Default `first-use`. */
  newDevices?: NewDevices;
  /** Default: the platform's WebCrypto. */
  crypto?: WebCryptoSlice;
  /** Unix milliseconds. Default `Date.now`. */
  now?: () => number;
}

export interface SealOptions extends Place {
  /** What the notification says where a service worker can open it. */
  notification?: SealedNotification;
  /** What it says everywhere else: all that servers and providers learn. Default: the body `New message`. */
  generic?: { title?: string; body: string };
  /** Seal for the others where a device's key has changed. Default: seal nothing. */
  leaveOut?: boolean;
}

/** An entry as `PushClient` hands it over, as an inbox answers it, or as a push brings it. */
export interface SealedEntry extends Place {
  /** The message's id at the server. */
  readonly id: string;
  readonly data?: unknown;
}

/** Reads this device's keys, or makes them. Throws `CLIENT_BAD_OPTION`, also where the store belongs to another device. */
export async function openE2ee(options: E2eeOptions): Promise<E2eeSession> {
  const { user, device, store, crypto = platformCrypto(), now = Date.now } = options;
  const bad = (what: string): never => {
    throw new PushClientError('CLIENT_BAD_OPTION', what);
  };
  if (!isName(user) || !isName(device)) return bad('user and device must be ids as the server takes them');
  if (crypto === undefined) return bad('there is no WebCrypto here: it needs https, or pass `crypto`');
  const primitives = new Primitives(crypto);
  const keys = await OwnKeys.load(primitives, store, { user, device, now: now() });
  if (keys.user !== user || keys.device !== device) return bad(`the store holds the keys of another device`);
  const session = new E2eeSession(primitives, keys, options, now);
  await session.begin();
  return session;
}

/**
 * One device's end of end-to-end encryption. It seals what is published and opens what arrives; in between there is text that nobody can
 * read or change. What it promises, and what it cannot: docs/e2ee.md.
 */
export class E2eeSession {
  private readonly events = new Emitter<TrustEvents>(() => undefined);
  private readonly trust: TrustBook;
  private readonly recipients: Recipients;
  private readonly guard: ReplayGuard;
  private readonly directory: KeyDirectory;

  /** Made by `openE2ee`. */
  constructor(
    private readonly primitives: Primitives,
    private readonly keys: OwnKeys,
    { store, directory, newDevices = 'first-use' }: Pick<E2eeOptions, 'store' | 'directory' | 'newDevices'>,
    private readonly now: () => number,
  ) {
    this.directory = directory;
    this.trust = new TrustBook(store, newDevices, (event, about) => this.events.emit(event, about));
    this.recipients = new Recipients(primitives, directory, this.trust);
    this.guard = new ReplayGuard(store);
  }

  /** Called by `openE2ee`. */
  begin(): Promise<void> {
    return this.trust.pinOwn(this.keys, { identity: this.identity, sign: this.keys.point });
  }

  get user(): string {
    return this.keys.user;
  }
  get device(): string {
    return this.keys.device;
  }
  /** This device's, for the user to compare. */
  get identity(): string {
    return this.keys.identity;
  }

  /** `keyChange`, `newDevice`. Returns what unsubscribes. */
  on<E extends keyof TrustEvents>(event: E, handler: (about: TrustEvents[E]) => unknown): () => void {
    return this.events.on(event, handler);
  }

  /** Tells the directory this device's keys: at every start, it does no harm. */
  async publishKeys(): Promise<void> {
    await this.directory.publish(await this.keys.bundle());
  }

  /**
   * A new key for others to seal for, published. What was sealed for the old one still opens for `keepMs` (default 30 days: as long as the
   * server may hold a message); after that neither this device nor who has stolen it can. The identity stays: nobody has to accept anything.
   */
  async renewKeys({ keepMs = 30 * DAY_MS }: { keepMs?: number } = {}): Promise<void> {
    const now = this.now();
    await this.keys.renew(now, now - keepMs);
    await this.publishKeys();
  }

  /** Seals for all devices of these users and of this one's own user. Rejects where directory or store do. */
  async sealFor(users: readonly string[], data: unknown, options: SealOptions): Promise<SealOutcome<SealedData>> {
    const { type, thread, notification, generic = { body: 'New message' }, leaveOut = false } = options;
    const { trusted, leftOut, changes } = await this.recipients.of([...new Set([...users, this.user])]);
    if (changes.length > 0 && !leaveOut) return { kind: 'keyChanged', changes };
    if (!trusted.some(({ user }) => users.includes(user))) return { kind: 'noDevices' };
    const at = await this.keys.nextAt(this.now());
    const { user, device, identity, signer } = this.keys;
    const place = { type, thread };
    const content = { data, notification };
    const sealed = await seal(
      this.primitives,
      { user, device, identity, signer },
      {
        ...{ recipients: trusted, content, place, at },
      },
    );
    const bytes = sizeOf(sealed);
    if (bytes > DATA_BYTES) {
      const each = sealed.to.reduce((sum, entry) => sum + sizeOf(entry) + 1, 0) / sealed.to.length;
      const fits = Math.max(0, Math.floor((DATA_BYTES - (bytes - each * sealed.to.length)) / each));
      return { kind: 'tooLarge', bytes, maxBytes: DATA_BYTES, devices: trusted.length, fits };
    }
    const unreachable = users.filter((one) => !trusted.some((bundle) => bundle.user === one));
    return { kind: 'sealed', data: sealed, notification: generic, devices: trusted.length, leftOut, unreachable };
  }

  /**
   * Who it is from is settled before what it says. `isKnown`: an entry from the application's own storage or from an inbox that is read again; it is not
   * held against what was opened before. Rejects where directory or store do.
   */
  async open({ id, type, thread, data }: SealedEntry, { isKnown = false } = {}): Promise<OpenOutcome> {
    const read = readEnvelope(data);
    if (read.kind === 'notSealed' || read.kind === 'unsupported') return read;
    if (read.kind === 'malformed') return { kind: 'tampered' };
    const { envelope } = read;
    const place = { type, thread };
    const from = await this.senderOf(envelope);
    if ('kind' in from) return from;
    const { sender, sign } = from;
    if (!(await isSignedBy(this.primitives, sign, envelope, place))) return { kind: 'tampered' };
    const opener = await this.keys.opener(envelope.to.map(({ keyId }) => keyId));
    if (opener === undefined) return { kind: 'notForThisDevice', sender };
    const { user, device } = this.keys;
    const content = await unseal(this.primitives, { user, device, ...opener }, envelope, place);
    if (content === undefined) return { kind: 'tampered' };
    const freshness = isKnown ? ({ kind: 'again' } as const) : await this.guard.judge(sender.identity, envelope.at, id);
    if (freshness.kind === 'replayed') return { kind: 'replayed', sender };
    return {
      kind: 'opened',
      ...content,
      sender,
      id: envelope.id,
      sealedAt: envelope.at,
      isAgain: freshness.kind === 'again',
      isOvertaken: freshness.kind === 'new' && freshness.isOvertaken,
    };
  }

  /** The devices that would be sealed for, each with the digits to compare it by. */
  async devicesOf(user: string): Promise<(KnownDevice & { fingerprint: string })[]> {
    const { trusted } = await this.recipients.of([user]);
    return Promise.all(
      trusted.map(async (bundle) => ({
        ...{ user, device: bundle.device, identity: bundle.identity },
        fingerprint: await fingerprintOf(this.primitives, bundle),
      })),
    );
  }

  /** Digits that this user and the other compare over another way: the same on both sides, or somebody stands between them. */
  async safetyNumber(user: string): Promise<string> {
    const { trusted } = await this.recipients.of([user, this.user]);
    const own = { user: this.user, device: this.device, sign: this.keys.point };
    const others = trusted.filter((one) => one.user !== own.user || one.device !== own.device);
    return safetyNumberOf(this.primitives, [this.user, user], [own, ...others]);
  }

  /**
   * The user takes this identity for that device's: after a `keyChange`, of a new device, or (`isVerified`) having compared. False where
   * another identity was offered meanwhile: compare again.
   */
  accept(known: KnownDevice, { isVerified = false } = {}): Promise<boolean> {
    return this.trust.accept(known, isVerified);
  }

  /**
   * A device is lost or given away: here nothing is sealed for it or believed from it any more. With `forAll` the directory is told, which the
   * user's own backend must allow.
   */
  async remove(name: DeviceName, { forAll = false } = {}): Promise<void> {
    await this.trust.remove(name);
    if (forAll) await this.directory.remove(name.user, name.device);
  }

  /** Whose key it says it is signed with, if that may be believed. */
  private async senderOf({ from }: Envelope): Promise<{ sender: VerifiedSender; sign: Uint8Array } | Unreadable> {
    if (from.identity === this.identity) {
      return { sender: { ...from, isVerified: true }, sign: this.keys.point };
    }
    const pin = await this.trust.pinned(from);
    if (pin?.identity === from.identity) {
      if (pin.verdict.kind !== 'trusted') return { kind: 'removedDevice', sender: from };
      return { sender: { ...from, isVerified: pin.verdict.isVerified }, sign: pin.sign };
    }
    const bundles = await this.recipients.bundlesOf([from.user]);
    const bundle = bundles.find(({ device, identity }) => device === from.device && identity === from.identity);
    if (bundle === undefined) return { kind: 'unknownSender', sender: from };
    const verdict = await this.trust.meet(bundle);
    switch (verdict.kind) {
      case 'trusted':
        return { sender: { ...from, isVerified: verdict.isVerified }, sign: bundle.sign };
      case 'keyChanged':
        return verdict;
      case 'unconfirmed':
        return { kind: 'unconfirmedSender', sender: from };
      case 'removed':
      case 'stale':
        return { kind: 'removedDevice', sender: from };
    }
  }
}

const sizeOf = (value: unknown): number => utf8(JSON.stringify(value)).length;
