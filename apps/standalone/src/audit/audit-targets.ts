import { createHmac } from 'node:crypto';

/** Parameters of a path that say who somebody is. */
const PERSONAL = new Set(['user', 'device', 'subscriber']);

/**
 * What an act was done to, in words that may stay: of users and devices a digest under a secret of this installation, so that
 * the log says "the same user again" and nothing of an erased one can be read from it; everything else by its id.
 */
export class AuditTargets {
  constructor(private readonly secret: Buffer) {}

  of(params: Readonly<Record<string, string>>, tenant: string | undefined): string | undefined {
    const words = Object.entries(params)
      .filter(([name]) => name !== 'tenant')
      .map(([name, value]) => `${name}=${PERSONAL.has(name) ? this.digest(tenant, name, value) : plain(value)}`);
    return words.length === 0 ? undefined : words.join(' ');
  }

  private digest(tenant: string | undefined, name: string, value: string): string {
    const text = JSON.stringify([tenant ?? null, name, value]);
    return `#${createHmac('sha256', this.secret).update(text).digest('base64url').slice(0, 16)}`;
  }
}

/** It is looked at before anybody has checked it. */
const plain = (value: string): string => value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '?').slice(0, 128);
