import { PushError } from 'push-core';
import type { IncomingMessage } from 'node:http';

/** Deeper than any valid request (`data` may have 64 levels), shallower than any stack. */
export const MAX_DEPTH = 100;

export type BodyOutcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly error: PushError }
  /** The client went away half-way; there is nobody to answer. */
  | { readonly kind: 'gone' };

/** Reads a JSON body: UTF-8 without faults, `limitBytes` at most, not nested beyond `MAX_DEPTH`. */
export async function readJsonBody(request: IncomingMessage, limitBytes: number): Promise<BodyOutcome> {
  const length = request.headers['content-length'];
  if (request.headers['transfer-encoding'] === undefined && (length === undefined || Number(length) === 0))
    return { kind: 'none' };
  const refusal = refuseHeaders(request) ?? (Number(length) > limitBytes ? tooLarge(limitBytes) : undefined);
  if (refusal) return refuse(refusal);
  const bytes = await collect(request, limitBytes);
  if (bytes === 'gone') return { kind: 'gone' };
  if (bytes === 'too-large') return refuse(tooLarge(limitBytes));
  return bytes.length === 0 ? { kind: 'none' } : parseJsonBytes(bytes);
}

export function refuseHeaders(request: IncomingMessage): PushError | undefined {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i.test(type.trim())) {
    return new PushError('INVALID', 'Send the body as "application/json" in UTF-8', { field: 'content-type' });
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return new PushError('INVALID', 'Send the body without content encoding', { field: 'content-encoding' });
  }
  return undefined;
}

export function collect(request: IncomingMessage, limitBytes: number): Promise<Buffer | 'gone' | 'too-large'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (outcome: Buffer | 'gone' | 'too-large') => {
      request.off('data', onData).off('end', onEnd).off('close', onGone);
      resolve(outcome);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) settle('too-large');
      else chunks.push(chunk);
    };
    const onEnd = () => settle(Buffer.concat(chunks, size));
    const onGone = () => settle('gone');
    request.on('data', onData).on('end', onEnd).on('close', onGone);
  });
}

/** Whatever carried the bytes here. */
export function parseJsonBytes(bytes: Uint8Array): Extract<BodyOutcome, { kind: 'value' | 'refused' }> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse(new PushError('INVALID', 'The body is not valid UTF-8', { field: 'body' }));
  }
  if (textDepth(text) > MAX_DEPTH) return refuse(tooDeep());
  try {
    return { kind: 'value', value: JSON.parse(text) as unknown };
  } catch {
    return refuse(new PushError('INVALID', 'The body is not valid JSON', { field: 'body' }));
  }
}

/** How deep the JSON text is nested; brackets inside strings do not count. */
function textDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x7d || char === 0x5d) depth--;
  }
  return deepest;
}

/** For a body the host's own parser has read: level by level, so that deep input cannot exhaust the stack. */
export function refuseDepth(value: unknown): PushError | undefined {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return tooDeep();
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : []));
  }
  return undefined;
}

const refuse = (error: PushError): Extract<BodyOutcome, { kind: 'refused' }> => ({ kind: 'refused', error });
const tooLarge = (limitBytes: number) =>
  new PushError('TOO_LARGE', `The body is larger than ${limitBytes} bytes`, { field: 'body' });
const tooDeep = () => new PushError('INVALID', `The body is nested deeper than ${MAX_DEPTH} levels`, { field: 'body' });
