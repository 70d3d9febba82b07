import { hash, verify } from '@node-rs/argon2';
import { randomBytes, randomInt } from 'node:crypto';
import { PushError } from 'push-core';

/** argon2id as OWASP recommends it: 19 MiB, 2 passes, one thread. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
export const LEAST_PASSWORD = 12;
export const MOST_PASSWORD = 256;
/** Each takes 19 MiB and a thread for some 30 ms; more wait, and beyond that are refused. */
const AT_ONCE = 2;
const WAITING = 32;

/** Letters and digits that are not mistaken for one another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Hashes passwords, a bounded number at once: a flood of sign-ins takes neither the memory nor the threads. */
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  /** Of a password nobody has: comparing with it takes as long as with a real one. */
  private readonly nobodys: Promise<string>;

  constructor() {
    this.nobodys = hash(randomBytes(32), COST);
    this.nobodys.catch(() => {});
  }

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, COST));
  }

  /** With `stored` undefined it takes as long, and is false. */
  async isRight(password: string, stored: string | undefined): Promise<boolean> {
    const against = stored ?? (await this.nobodys);
    const right = await this.inTurn(() => verify(against, password).catch(() => false));
    return right && stored !== undefined;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) {
      if (this.waiting.length >= WAITING)
        throw new PushError('OVERLOADED', 'Too many sign-ins at once; try again', { retryAfterMs: 2000 });
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else this.running++;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}

/** About 99 bits, to be typed once. */
export function newPassword(): string {
  const groups = Array.from({ length: 4 }, () =>
    Array.from({ length: 5 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join(''),
  );
  return groups.join('-');
}

/** What is wrong with a password that somebody chose; undefined: nothing. */
export function complaintOf(password: string, name: string): string | undefined {
  if ([...password].length < LEAST_PASSWORD) return `A password has ${LEAST_PASSWORD} characters or more`;
  if (password.toLowerCase().includes(name.toLowerCase()) && name.length > 3)
    return 'A password does not contain the name of whom it is for';
  if (new Set(password).size < 5) return 'A password has five different characters or more';
  return undefined;
}
