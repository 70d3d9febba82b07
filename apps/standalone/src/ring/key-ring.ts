import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A key of the ring. `id` is written beside what it seals. */
export interface RingKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/** What was sealed cannot be opened: the message names the key that is missing, never the value. */
export class CannotOpen extends Error {
  override readonly name = 'CannotOpen';
  constructor(
    message: string,
    /** The key it was sealed with; undefined where the value is damaged, or was moved from elsewhere. */
    readonly missingKey?: string,
  ) {
    super(message);
  }
}

export const KEY_BYTES = 32;
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MARK = 'sealed:1:';
const SEALED = /^sealed:1:([\w.-]{1,32}):([\w-]+)$/;

/**
 * Keys that seal what is secret before it is stored: AES-256-GCM, the first key seals, every key opens. `aad` says what
 * the value is and whose, for example `acme provider.apns`; a value that was moved to another place does not open there.
 *
 * Without keys nothing is sealed. A value that is not sealed opens as it is: it was stored before there were keys.
 */
export class KeyRing {
  /** Seals nothing, opens what is plain. */
  static readonly none: KeyRing = new KeyRing([]);

  private readonly byId: ReadonlyMap<string, Uint8Array>;

  constructor(private readonly keys: readonly RingKey[]) {
    this.byId = new Map(keys.map(({ id, key }) => [id, key]));
  }

  /** False: what is stored stays readable to whoever reads the database. */
  get seals(): boolean {
    return this.keys.length > 0;
  }

  /** By which new values are sealed. */
  get current(): string | undefined {
    return this.keys[0]?.id;
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  seal(plain: string, aad: string): string {
    const [first] = this.keys;
    if (!first) return plain;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, first.key, nonce).setAAD(Buffer.from(aad));
    const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `${MARK}${first.id}:${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`;
  }

  /** Throws `CannotOpen`. */
  open(value: string, aad: string): string {
    if (!isSealed(value)) return value;
    const [, id = '', text = ''] = SEALED.exec(value) ?? [];
    const key = this.byId.get(id);
    if (!key) throw new CannotOpen(`A value is sealed with the key "${id}", which is not in the ring`, id);
    const bytes = Buffer.from(text, 'base64url');
    try {
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(aad))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const rest = bytes.subarray(NONCE_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(rest), decipher.final()]).toString('utf8');
    } catch {
      throw new CannotOpen(
        `A value sealed with the key "${id}" does not open: it was changed, moved, or the key is another`,
      );
    }
  }

  /** True where a new seal would change nothing: it has the first key's, or there are no keys. */
  isCurrent(value: string): boolean {
    const first = this.current;
    return first === undefined || value.startsWith(`${MARK}${first}:`);
  }

  /** Nothing of a key is ever shown. */
  toJSON(): { keys: readonly string[] } {
    return { keys: this.keys.map(({ id }) => id) };
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `KeyRing(${this.keys.map(({ id }) => id).join(', ')})`;
  }
}

export const isSealed = (value: string): boolean => SEALED.test(value);
