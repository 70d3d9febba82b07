import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const PERIOD_S = 30;
/** Steps before and after that are taken too: clocks of telephones are a little off. */
const WINDOW = 1;
const RECOVERY_CODES = 10;

/** In base32, as authenticator apps take it. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** What the QR code says. */
export const totpUrl = (secret: string, name: string): string => totpOf(secret, name).toString();

/** The step that the code belongs to; undefined: it is none of those around now. */
export function stepOf(code: string, secret: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = totpOf(secret, '').validate({ token: code, timestamp: now, window: WINDOW });
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD_S) + delta;
}

const totpOf = (secret: string, label: string): TOTP =>
  new TOTP({
    issuer: 'nest-push',
    label,
    secret: Secret.fromBase32(secret),
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_S,
  });

/** 80 bits each, for whoever has lost the telephone. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: RECOVERY_CODES }, () => (randomBytes(10).toString('hex').match(/.{5}/g) ?? []).join('-'));

/** So much chance needs no slow hash. Dashes and spaces do not count. */
export const recoveryHash = (code: string): string =>
  createHash('sha256').update(code.toLowerCase().replaceAll(/[\s-]/g, '')).digest('base64url');

export const totpAad = (person: string): string => `person ${person} totp`;
