import { PushError } from '../../errors.js';
import type { ProviderToken } from '../../model/device.js';
import type { HttpRequest } from '../http/pool.js';
import type { Address } from '../provider.js';
import { isEnvironment, TOPIC, type ApnsCredentials, type Environment } from './credentials.js';

const APPLE: Readonly<Record<Environment, string>> = {
  production: 'https://api.push.apple.com',
  sandbox: 'https://api.sandbox.push.apple.com',
};
/** Apple's are 64 digits today, and may grow. */
const TOKEN = /^(?:[0-9a-f]{2}){8,100}$/i;
/** Tokens that were accepted where they were not expected; the next goes there at once. */
const MOST_LEARNED = 10_000;

export interface Target {
  readonly url: string;
  readonly trust: HttpRequest['trust'];
}

/** Throws PushError `INVALID`. */
export function checkToken({ token, environment, topic }: ProviderToken): void {
  const wrong = (field: string, what: string): PushError =>
    new PushError('INVALID', `"${field}" must be ${what}`, { field });
  if (typeof token !== 'string' || !TOKEN.test(token)) throw wrong('token', 'the device token as a hex string');
  if (environment !== undefined && !isEnvironment(environment)) {
    throw wrong('environment', '"production" or "sandbox"');
  }
  if (topic !== undefined && !TOPIC.test(topic)) throw wrong('topic', 'the app’s bundle id');
}

/** Where a token's notifications go. */
export class Targets {
  private readonly learned = new Map<string, Environment>();

  constructor(private readonly credentials: ApnsCredentials) {}

  environmentOf({ token }: Address): Environment {
    const learned = this.learned.get(token.token as string);
    if (learned) return learned;
    return isEnvironment(token.environment) ? token.environment : this.credentials.environment;
  }

  of(token: string, environment: Environment): Target {
    return this.otherwise(token, environment) ?? { url: this.credentials.endpoint + path(token), trust: 'guest' };
  }

  /** As `of`; undefined where somebody stands in for the one environment, and nobody for this one. */
  otherwise(token: string, environment: Environment): Target | undefined {
    const { endpoint, otherEndpoint } = this.credentials;
    const given = environment === this.credentials.environment ? endpoint : otherEndpoint;
    if (given !== undefined) return { url: given + path(token), trust: 'guest' };
    return endpoint === undefined ? { url: APPLE[environment] + path(token), trust: 'operator' } : undefined;
  }

  learn({ token }: Address, environment: Environment): void {
    if (this.learned.size >= MOST_LEARNED) {
      const [oldest] = this.learned.keys();
      this.learned.delete(oldest as string);
    }
    this.learned.set(token.token as string, environment);
  }
}

export const otherThan = (environment: Environment): Environment =>
  environment === 'production' ? 'sandbox' : 'production';

const path = (token: string): string => `/3/device/${token}`;
