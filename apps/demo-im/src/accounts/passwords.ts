import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';

/** What a guess costs. */
export interface PasswordCost {
  /** Memory is 128 × N × r bytes. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

export const PASSWORD_COST = Symbol('password cost');
/** As OWASP advises for scrypt: 32 MiB, three times over. */
const COST: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };
/** Twice what the cost above needs; Node refuses more than 32 MiB unless it is told. */
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
const KEY_BYTES = 32;

@Injectable()
export class Passwords {
  constructor(@Optional() @Inject(PASSWORD_COST) private readonly cost = COST) {}

  /** `salt.key`, both base64url. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    return `${salt.toString('base64url')}.${(await this.derive(password, salt)).toString('base64url')}`;
  }

  /** Takes as long where there is no such account, so that nobody learns who has one. */
  async isOf(hash: string | undefined, password: string): Promise<boolean> {
    const [salt = '', key = ''] = (hash ?? '.').split('.');
    const wanted = Buffer.from(key, 'base64url');
    const given = await this.derive(password, Buffer.from(salt, 'base64url'));
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  }

  private derive(password: string, salt: Buffer): Promise<Buffer> {
    const options = { ...this.cost, maxmem: MAX_MEMORY_BYTES };
    return new Promise((resolve, reject) =>
      scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
        error ? reject(error) : resolve(key),
      ),
    );
  }
}
