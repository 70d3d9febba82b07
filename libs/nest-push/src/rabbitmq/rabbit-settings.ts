import { PushError } from 'push-core';

export interface RabbitSettings {
  /**
   * `amqp://user:password@host:5672/vhost`, or `amqps://…`. Several nodes of one cluster, separated by commas, are tried
   * in turn. Its query is not used.
   */
  readonly url: string;
  /** In front of the name of every exchange and queue. Default `push.`. */
  readonly prefix?: string;
  /**
   * What `bus.open` does. `degraded`, the default: it resolves at once, and the broker is looked for until it is there.
   * `wait`: it resolves when hints are carried, rejects after `startupTimeoutMs`. `fail`: the first attempt decides.
   */
  readonly startup?: 'wait' | 'degraded' | 'fail';
  /** Default 30000. */
  readonly startupTimeoutMs?: number;
  /** A broker that is silent for two to three times as long counts as gone. 1–60, default 5. */
  readonly heartbeatSeconds?: number;
  /** So many messages of work, and so many of hints, may be unconfirmed; more work waits, more hints are dropped. Default 256. */
  readonly window?: number;
  /** Work that is not confirmed by then is refused, retryable. Default 5000. */
  readonly confirmTimeoutMs?: number;
  /** Hints to one destination that come up within this time travel together. 0–1000, default 2. */
  readonly hintLingerMs?: number;
}

/** Without the url: what is kept in many places holds no password. */
export type ResolvedSettings = Required<Omit<RabbitSettings, 'url'>>;

const PREFIX = /^[\w.:-]{0,64}$/;
const STARTUPS = ['wait', 'degraded', 'fail'] as const;

export function resolveSettings(settings: RabbitSettings): ResolvedSettings {
  const { prefix = 'push.', startup = 'degraded' } = settings;
  if (!PREFIX.test(prefix) || prefix.startsWith('amq.')) {
    throw invalid('prefix', 'must be up to 64 letters, digits and . : _ -, and not begin with "amq."');
  }
  if (!STARTUPS.includes(startup)) throw invalid('startup', `must be one of ${STARTUPS.join(', ')}`);
  return {
    prefix,
    startup,
    startupTimeoutMs: whole(settings, 'startupTimeoutMs', 30_000, 1, 3_600_000),
    heartbeatSeconds: whole(settings, 'heartbeatSeconds', 5, 1, 60),
    window: whole(settings, 'window', 256, 1, 65_535),
    confirmTimeoutMs: whole(settings, 'confirmTimeoutMs', 5_000, 1, 3_600_000),
    hintLingerMs: whole(settings, 'hintLingerMs', 2, 0, 1_000),
  };
}

type NumberField = 'startupTimeoutMs' | 'heartbeatSeconds' | 'window' | 'confirmTimeoutMs' | 'hintLingerMs';

function whole(settings: RabbitSettings, field: NumberField, otherwise: number, least: number, most: number): number {
  const value = settings[field] ?? otherwise;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(field, `must be a whole number from ${least} to ${most}`);
}

export const invalid = (field: string, rule: string): PushError =>
  new PushError('INVALID', `"${field}" ${rule}`, { field });
