import type { IncomingMessage } from 'node:http';
import { PushError } from 'push-core';
import { collect, type BodyOutcome } from './json-body.js';

/**
 * A body of any type, as text: whoever signed it signed these bytes. Requests of providers only, so nothing is said about what is wrong
 * with them beyond their size.
 */
export async function readRawBody(request: IncomingMessage, limitBytes: number): Promise<BodyOutcome> {
  const bytes = await collect(request, limitBytes);
  if (bytes === 'gone') return { kind: 'gone' };
  if (bytes === 'too-large') {
    const error = new PushError('TOO_LARGE', `The body is larger than ${limitBytes} bytes`, { field: 'body' });
    return { kind: 'refused', error };
  }
  return bytes.length === 0 ? { kind: 'none' } : { kind: 'value', value: bytes.toString('utf8') };
}
