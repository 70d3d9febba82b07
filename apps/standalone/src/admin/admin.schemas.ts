import type { JsonSchema } from 'push-core';
import { ROLES } from '../accounts/accounts.js';

export const text: JsonSchema = { type: 'string' };
export const time: JsonSchema = { type: 'integer', description: 'Unix milliseconds' };
export const count: JsonSchema = { type: 'integer', minimum: 0 };
export const role: JsonSchema = { enum: ROLES };
/** For people: one line, whatever is in it is shown as text. */
export const nameSchema: JsonSchema = { type: 'string', minLength: 1, maxLength: 128, pattern: '^[^\\p{Cc}]+$' };
export const futureTime: JsonSchema = { ...time, minimum: 1, maximum: 8_640_000_000_000_000 };

const DAY_MS = 86_400_000;
/** No client token is good for longer. */
const MOST_OVERLAP_MS = 30 * DAY_MS;
export const DEFAULT_OVERLAP_MS = DAY_MS;
export const overlapMs: JsonSchema = {
  type: 'integer',
  minimum: 0,
  maximum: MOST_OVERLAP_MS,
  description: `How long the one before stays good. Milliseconds, default ${DEFAULT_OVERLAP_MS}`,
};

/** All of `properties`, and what may be left out. */
export const object = (
  properties: Record<string, JsonSchema>,
  optional: Record<string, JsonSchema> = {},
): JsonSchema => ({ type: 'object', properties: { ...properties, ...optional }, required: Object.keys(properties) });

/** And nothing else. */
export const exactly = (
  properties: Record<string, JsonSchema>,
  optional: Record<string, JsonSchema> = {},
): JsonSchema => ({ ...object(properties, optional), additionalProperties: false });
