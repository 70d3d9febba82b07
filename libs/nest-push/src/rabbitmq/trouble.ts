import { PushError } from 'push-core';

/** What went wrong, in one line, from whatever the driver and the sockets below it throw. */
export function troubleText(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  const { message, errors, code } = (thrown ?? {}) as { message?: unknown; errors?: unknown; code?: unknown };
  if (typeof message === 'string' && message !== '') return message;
  // Where a name stands for several addresses, each has an error of its own.
  if (Array.isArray(errors)) return errors.map(troubleText).join('; ');
  return typeof code === 'string' ? code : 'unknown';
}

/** The reply code with which the broker closed an amqpChannel or the connection. */
export function replyCode(thrown: unknown): number | undefined {
  const code = (thrown as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
}

export const unavailable = (message: string): PushError => new PushError('BROKER_UNAVAILABLE', message);
