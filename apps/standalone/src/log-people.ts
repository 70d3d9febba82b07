import { createHmac, randomBytes } from 'node:crypto';

const LENGTH = 16;

/** How users and their devices are called in the log. */
export interface LogNames {
  user(tenant: string, user: string): string;
  device(tenant: string, user: string, device: string): string;
}

export const plainNames: LogNames = { user: (_, user) => user, device: (_, __, device) => device };

/**
 * The same user has the same name in every line, and nobody can tell who it is without the key. Without a key of its own each process makes one up,
 * so that lines of two runs, or of two nodes, cannot be joined.
 */
export function pseudonyms(key: string | undefined): LogNames {
  const secret = key ?? randomBytes(32);
  const of = (...words: readonly string[]): string =>
    createHmac('sha256', secret).update(JSON.stringify(words)).digest('base64url').slice(0, LENGTH);
  return {
    user: (tenant, user) => of('user', tenant, user),
    device: (tenant, user, device) => of('device', tenant, user, device),
  };
}
