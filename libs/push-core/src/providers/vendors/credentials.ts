import { createHash } from 'node:crypto';
import { PushError } from '../../errors.js';
import type { ProviderToken } from '../../model/device.js';
import type { Credentials } from './dialect.js';

/** One field of a tenant's credentials. All of them are text. */
export interface Field {
  readonly required?: boolean;
  /** Other names the vendor uses for it. */
  readonly also?: readonly string[];
  readonly fallback?: string;
  readonly oneOf?: readonly string[];
  /** Where to find it, or what it must look like: said to who left it out. */
  readonly hint: string;
  /** Throws or answers false where the value is of no use. */
  readonly fits?: (value: string) => boolean;
}

export type Fields = Readonly<Record<string, Field>>;

const LONGEST = 8192;

/** Every vendor has them. */
export const ENDPOINTS = {
  endpoint: { hint: 'an http or https address without query, in place of the vendor’s', fits: isBase },
  authEndpoint: { hint: 'an http or https address without query, in place of the vendor’s', fits: isBase },
} satisfies Fields;

/** Checked and completed. The errors name the field and the remedy, never the value. */
export function parseCredentials(fields: Fields, given: unknown): Credentials {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new PushError('INVALID', 'The credentials must be an object', { field: 'credentials' });
  }
  const left = new Map(Object.entries(given as Record<string, unknown>));
  const parsed: Record<string, string> = {};
  for (const [name, field] of Object.entries(fields)) {
    const found = [name, ...(field.also ?? [])].find((one) => left.get(one) != null && left.get(one) !== '');
    const value = found === undefined ? field.fallback : textOf(left.get(found), found, field);
    for (const one of [name, ...(field.also ?? [])]) left.delete(one);
    if (value !== undefined) parsed[name] = value;
    else if (field.required) throw new PushError('INVALID', `"${name}" is missing (${field.hint})`, { field: name });
  }
  const [unknown] = left.keys();
  if (unknown !== undefined) {
    throw new PushError('UNKNOWN_FIELD', `There is no field "${unknown}"; remove it`, { field: unknown });
  }
  return Object.freeze(parsed);
}

function textOf(value: unknown, name: string, field: Field): string {
  // Ids of apps are numbers to some who write them down.
  const text = typeof value === 'number' ? String(value) : value;
  const wrong = (): PushError => new PushError('INVALID', `"${name}" is not valid (${field.hint})`, { field: name });
  if (typeof text !== 'string' || text.length > LONGEST) throw wrong();
  const trimmed = text.trim().replace(isAddress(name) ? /\/+$/ : /$^/, '');
  if (trimmed === '' || (field.oneOf && !field.oneOf.includes(trimmed))) throw wrong();
  try {
    if (field.fits && !field.fits(trimmed)) throw wrong();
  } catch {
    throw wrong();
  }
  return trimmed;
}

const isAddress = (name: string): boolean => name in ENDPOINTS;

function isBase(text: string): boolean {
  const url = new URL(text);
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.search === '' && url.hash === '';
}

/** Changes when any of them does, and does not tell what they are. */
export function credentialsMark(credentials: Credentials): string {
  const lines = Object.keys(credentials).sort();
  const text = JSON.stringify(lines.map((name) => [name, credentials[name]]));
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** A vendor's token is a word: a comma would make two of it where a vendor takes lists. */
export function checkVendorToken(token: ProviderToken): void {
  if (typeof token.token === 'string' && /^[\x21-\x2b\x2d-\x7e]{1,512}$/.test(token.token)) return;
  throw new PushError(
    'INVALID',
    '"token" must be the text the vendor’s SDK gave to the app, without spaces or commas',
    {
      field: 'token',
    },
  );
}
