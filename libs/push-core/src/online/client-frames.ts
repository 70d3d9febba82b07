import { isPushError, type PushError } from '../errors.js';
import { clientFrameSchemas } from '../model/schemas.js';
import { createValidator, type Validator } from '../model/validate.js';
import type { ClientFrame } from '../wire.js';

export type Parsed =
  | { readonly kind: 'frame'; readonly frame: ClientFrame }
  /** The line is not a JSON object: the client does not speak the protocol. */
  | { readonly kind: 'garbage' }
  | { readonly kind: 'unknown'; readonly op: string; readonly id?: number }
  | { readonly kind: 'invalid'; readonly op: string; readonly error: PushError; readonly id?: number };

const validators = new Map<string, Validator<ClientFrame>>(
  Object.entries(clientFrameSchemas).map(([op, schema]) => [op, createValidator<ClientFrame>(schema, op)]),
);

export function parseClientFrame(line: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'garbage' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { kind: 'garbage' };
  const { op, id } = value as { op?: unknown; id?: unknown };
  const answerTo = Number.isSafeInteger(id) ? (id as number) : undefined;
  const validate = typeof op === 'string' ? validators.get(op) : undefined;
  if (!validate) return { kind: 'unknown', op: typeof op === 'string' ? op.slice(0, 64) : '', id: answerTo };
  try {
    return { kind: 'frame', frame: validate(value) };
  } catch (error) {
    if (!isPushError(error)) throw error;
    return { kind: 'invalid', op: op as string, error, id: answerTo };
  }
}
