import { inspect } from 'node:util';
import { HIDDEN, hideSecrets, isSecretName } from './log-secrets.js';

/** What is shown although its name sounds secret: how something is done, not with what. */
const SHOWN = new Set(['allowedOrigins', 'database', 'broker', 'signIn']);

/**
 * A configuration that does not tell its secrets to whoever prints it: `console.log`, an error's details, `JSON.stringify`. Its fields are what they
 * were.
 */
export function withoutTelling<T extends object>(config: T): T {
  for (const value of Object.values(config)) if (isGroup(value)) withoutTelling(value);
  const shown = (): unknown => shownOf(config);
  // Not enumerable: a copy made of it with other fields is an object like any other.
  Object.defineProperty(config, inspect.custom, { value: shown });
  Object.defineProperty(config, 'toJSON', { value: shown });
  return config;
}

/** Every secret in it, for whoever has to keep them out of something. */
export function secretsIn(config: object): readonly string[] {
  return Object.entries(config).flatMap(([name, value]: [string, unknown]): string[] => {
    if (typeof value === 'string') return isSecret(name) ? [value] : passwordIn(value);
    if (Array.isArray(value) && isSecret(name)) return value.flatMap(stringsIn);
    if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) return [...secretsIn(value)];
    return [];
  });
}

const isSecret = (name: string): boolean => isSecretName(name) && !SHOWN.has(name);
const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function shownOf(value: unknown, name = ''): unknown {
  if (value === undefined || typeof value === 'number' || typeof value === 'boolean') return value;
  if (isSecret(name) && !(Array.isArray(value) && value.length === 0)) return HIDDEN;
  if (typeof value === 'string') return hideSecrets(value);
  if (Array.isArray(value)) return value.map((one) => shownOf(one));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return HIDDEN;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shownOf(one, key)]));
}

/** As it is written there, and as it is. */
function passwordIn(text: string): string[] {
  return [...text.matchAll(/[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s@]*)@/gi)].flatMap(([, password = '']) => {
    try {
      return [password, decodeURIComponent(password)];
    } catch {
      return [password];
    }
  });
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return ['hex', 'base64', 'base64url'].map((encoding) => bytes.toString(encoding as BufferEncoding));
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
