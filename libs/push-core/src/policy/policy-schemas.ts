import { LIMITS } from '../model/limits.js';
import { idSchema } from '../model/schemas.js';
import type { JsonSchema } from '../model/validate.js';

/** Limits of what a tenant or a user may set. Sizes in bytes of UTF-8, counts in items. */
export const POLICY_LIMITS = Object.freeze({
  rules: 100,
  namesPerMatch: 50,
  templates: 200,
  localesPerTemplate: 50,
  templateLength: 4096,
  settingsBytes: 256 * 1024,
  mutedThreads: 1000,
  mutedCategories: 100,
});

const strictObject = (properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** Keywords for a string count where it is one, those for a list where it is one: an error then names what is wrong with it. */
const names: JsonSchema = {
  type: ['string', 'array'],
  minLength: 1,
  maxLength: LIMITS.typeLength,
  minItems: 1,
  maxItems: POLICY_LIMITS.namesPerMatch,
  items: { type: 'string', minLength: 1, maxLength: LIMITS.typeLength },
  description: 'a name, or a list of 1–50; "*" at the end of a name: whatever follows',
};

const matchSchema = strictObject({
  type: names,
  category: names,
  priority: { enum: ['high', 'normal'] },
  platform: names,
  presence: { enum: ['connected', 'away'] },
  mentioned: { type: 'boolean' },
});

const dampingSchema: JsonSchema = {
  type: ['object', 'string'],
  pattern: '^off$',
  properties: {
    count: { type: 'integer', minimum: 1, maximum: 1000 },
    windowMs: { type: 'integer', minimum: 1000, maximum: 24 * 3600 * 1000 },
  },
  required: ['count', 'windowMs'],
  additionalProperties: false,
  description: '{count, windowMs} or "off"',
};

const ruleSchema = strictObject(
  {
    name: {
      type: 'string',
      minLength: 1,
      maxLength: 64,
      pattern: '^[^\\p{Cc}\\p{Cs}]+$',
      description: '1–64 characters',
    },
    when: matchSchema,
    never: { type: 'boolean' },
    channels: {
      type: 'array',
      minItems: 1,
      maxItems: 32,
      items: { type: 'string', pattern: '^[a-z][a-z0-9_-]{0,31}$', description: 'a provider, for example apns' },
      description: 'to send nothing, say "never": true',
    },
    spread: { enum: ['first', 'all'] },
    urgent: { type: 'boolean' },
    messageClass: { enum: ['im', 'marketing'] },
    damping: dampingSchema,
    inQuietHours: { enum: ['delay', 'drop'] },
  },
  ['name'],
);

const templatesSchema: JsonSchema = {
  type: 'object',
  maxProperties: POLICY_LIMITS.templates,
  propertyNames: { pattern: '^[\\w.-]{1,128}$', description: 'names of templates: 1–128 letters, digits and _ . -' },
  additionalProperties: {
    type: 'object',
    minProperties: 1,
    maxProperties: POLICY_LIMITS.localesPerTemplate,
    additionalProperties: { type: 'string', maxLength: POLICY_LIMITS.templateLength },
    description: 'texts by locale, for example {"en": "…", "zh-Hans": "…"}',
  },
};

/** What `policy` of a tenant takes. */
export const policySettingsSchema: JsonSchema = strictObject({
  rules: { type: 'array', items: ruleSchema, maxItems: POLICY_LIMITS.rules },
  privacy: { enum: ['full', 'sender-only', 'id-only'] },
  locale: { type: 'string', minLength: 1, maxLength: 64 },
  templates: templatesSchema,
});

const mutes = (propertyNames: JsonSchema, maxProperties: number): JsonSchema => ({
  type: 'object',
  maxProperties,
  propertyNames,
  additionalProperties: { type: 'integer', minimum: 0, description: 'Unix milliseconds until then; 0: for good' },
});

const time: JsonSchema = {
  type: 'string',
  pattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
  description: 'HH:MM, 00:00 to 23:59',
};

/** What `PUT /v1/users/{u}/preferences` takes. */
export const preferencesSchema: JsonSchema = strictObject({
  mutedThreads: mutes(idSchema, POLICY_LIMITS.mutedThreads),
  mutedCategories: mutes({ type: 'string', minLength: 1, maxLength: 128 }, POLICY_LIMITS.mutedCategories),
  quietHours: strictObject(
    {
      from: time,
      to: time,
      timeZone: { type: 'string', minLength: 1, maxLength: 64 },
      days: {
        type: 'array',
        items: { type: 'integer', minimum: 1, maximum: 7 },
        minItems: 1,
        maxItems: 7,
        uniqueItems: true,
        description: '1 (Monday) to 7, each once',
      },
    },
    ['from', 'to'],
  ),
});
