import { createHash } from 'node:crypto';
import type { PublishInput } from '../model/publish-input.js';

/** Digest of a publish that does not depend on the order of its fields. */
export function fingerprint(input: PublishInput): string {
  return createHash('sha256').update(JSON.stringify(input, sorted)).digest('base64url');
}

function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
