import { createECDH, createPrivateKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../../clock/clock.js';
import { PushError } from '../../errors.js';
import { createValidator } from '../../model/validate.js';
import { signJwt } from '../sign-jwt.js';

/** The tenant's application server identity (RFC 8292). */
export interface VapidCredentials {
  /** `mailto:` or `https:`: whom a push service can turn to. */
  readonly subject: string;
  /** 65 bytes, base64url: the `applicationServerKey` of subscriptions. */
  readonly publicKey: string;
  /** 32 bytes, base64url. */
  readonly privateKey: string;
}

const HOUR_MS = 3_600_000;
/** Push services ask for few new tokens: Apple for no more than one an hour. */
const RENEWED_AFTER_MS = 12 * HOUR_MS;
/** 24 h are allowed; the rest is for clocks that differ. */
const LIFETIME_MS = 20 * HOUR_MS;
/** Endpoints come from devices, so anybody can name a new origin; the one not used for longest makes room. */
const ORIGINS = 1000;

interface Origin {
  readonly header: string;
  readonly madeAt: number;
  isProven: boolean;
}

/** The `Authorization` of a credential, signed once an origin and 12 hours. */
export class VapidHeaders {
  readonly #key: KeyObject;
  readonly #publicKey: string;
  readonly #subject: string;
  readonly #clock: Clock;
  /** The one used last is last. */
  readonly #origins = new Map<string, Origin>();

  constructor(credentials: VapidCredentials, clock: Clock) {
    const point = Buffer.from(credentials.publicKey, 'base64url');
    this.#publicKey = credentials.publicKey;
    this.#subject = credentials.subject;
    this.#clock = clock;
    this.#key = createPrivateKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        d: credentials.privateKey,
        x: point.subarray(1, 33).toString('base64url'),
        y: point.subarray(33).toString('base64url'),
      },
    });
  }

  for(origin: string): string {
    return this.#at(origin).header;
  }

  /** The push service has taken something with this credential: from now on a refusal is about a subscription. */
  prove(origin: string): void {
    this.#at(origin).isProven = true;
  }

  isProven(origin: string): boolean {
    return this.#origins.get(origin)?.isProven ?? false;
  }

  #at(origin: string): Origin {
    const known = this.#origins.get(origin);
    const now = this.#clock.now();
    const age = known === undefined ? 0 : now - known.madeAt;
    // A clock that was set back would make tokens from the future.
    const usable = known !== undefined && age >= 0 && age < RENEWED_AFTER_MS ? known : undefined;
    const current = usable ?? { header: this.#sign(origin, now), madeAt: now, isProven: known?.isProven ?? false };
    this.#origins.delete(origin);
    this.#origins.set(origin, current);
    if (this.#origins.size > ORIGINS) this.#origins.delete(this.#origins.keys().next().value as string);
    return current;
  }

  #sign(origin: string, now: number): string {
    const claims = { aud: origin, exp: Math.floor((now + LIFETIME_MS) / 1000), sub: this.#subject };
    return `vapid t=${signJwt({ typ: 'JWT' }, claims, this.#key, 'ES256')}, k=${this.#publicKey}`;
  }
}

const base64url = (chars: number, bytes: number) => ({
  type: 'string',
  pattern: `^[A-Za-z0-9_-]{${chars}}$`,
  description: `${bytes} bytes in base64url`,
});

const validate = createValidator<VapidCredentials>(
  {
    type: 'object',
    required: ['subject', 'publicKey', 'privateKey'],
    additionalProperties: false,
    properties: {
      subject: { type: 'string', maxLength: 512, description: 'mailto:ops@your.org or https://your.org' },
      publicKey: base64url(87, 65),
      privateKey: base64url(43, 32),
    },
  },
  'credentials',
);

/** Throws PushError `INVALID`, without the value. */
export function readVapidCredentials(input: unknown): VapidCredentials {
  const given = validate(input);
  if (!isSubject(given.subject)) {
    throw invalid('subject', 'must be mailto:ops@your.org or https://your.org: push services refuse others');
  }
  if (!fit(given)) throw invalid('privateKey', 'does not belong to "publicKey": give both halves of one key pair');
  return given;
}

/** Apple refuses localhost, and spaces or brackets around an address. */
function isSubject(subject: string): boolean {
  if (/^mailto:[^\s<>@]+@[^\s<>@]+$/.test(subject)) return true;
  return URL.canParse(subject) && subject.startsWith('https://') && new URL(subject).hostname !== 'localhost';
}

function fit({ publicKey, privateKey }: VapidCredentials): boolean {
  try {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(privateKey, 'base64url');
    return pair.getPublicKey('base64url') === publicKey;
  } catch {
    return false;
  }
}

const invalid = (field: string, complaint: string): PushError =>
  new PushError('INVALID', `"${field}" ${complaint}`, { field });
