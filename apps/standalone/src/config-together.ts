import { DEFAULT_LIMITS, ROLES } from 'push-core';
import type { Config } from './config.js';

const MAKE_KEY = 'make one with "openssl rand -hex 32"';

/** What is wrong, or worth a word, only in view of other settings. `given` are the variables that are set. */
export function judgeTogether(
  config: Config,
  given: Readonly<Record<string, string | undefined>>,
): { readonly errors: readonly string[]; readonly warnings: readonly string[] } {
  return { errors: [...errorsOf(config), ...signInErrors(given)], warnings: warningsOf(config, given) };
}

function errorsOf({ database, broker, roles }: Config): string[] {
  const errors: string[] = [];
  const missing = ROLES.filter((role) => !roles.includes(role));
  if (database.kind === 'memory' && broker)
    errors.push(
      'PUSH_BROKER_URL: a broker joins nodes, and no other node can reach what is in memory; set PUSH_DATABASE_URL to postgres://…, mysql:// or mariadb://…, or leave PUSH_BROKER_URL unset',
    );
  if ((database.kind === 'memory' || database.kind === 'sqlite') && missing.length > 0)
    errors.push(
      `PUSH_ROLES: ${missing.join(' and ')} would run nowhere, since ${nameOf(database.kind)} belongs to one process; name all of ${ROLES.join(',')}, or set PUSH_DATABASE_URL to postgres://… or mysql://…`,
    );
  return errors;
}

/** Signing in elsewhere takes three things, or none of them. */
function signInErrors(given: Readonly<Record<string, string | undefined>>): string[] {
  const needed = ['PUSH_OIDC_ISSUER', 'PUSH_OIDC_CLIENT_ID', 'PUSH_PUBLIC_URL'];
  const asked = Object.keys(given).filter((name) => name.startsWith('PUSH_OIDC_') && given[name] !== undefined);
  const missing = needed.filter((name) => given[name] === undefined);
  if (asked.length === 0 || missing.length === 0) return [];
  return [`${missing.join(', ')}: to sign in at an OpenID provider, set ${needed.join(', ')}`];
}

function warningsOf(config: Config, given: Readonly<Record<string, string | undefined>>): string[] {
  const { adminKey, database, broker, roles } = config;
  const warnings: string[] = [];
  const isSet = (name: string): boolean => given[name] !== undefined;
  if (adminKey !== undefined && adminKey.length < 32)
    warnings.push(`PUSH_ADMIN_KEY is shorter than 32 characters and may be guessed; ${MAKE_KEY}`);
  if (isSet('PUSH_MQTT_HOST') && !config.mqtt)
    warnings.push('PUSH_MQTT_HOST is set without PUSH_MQTT_PORT: nothing listens for MQTT');
  if (config.mqtt && !roles.includes('gateway'))
    warnings.push('PUSH_MQTT_PORT is set, but this process has not the role gateway: nothing listens for MQTT');
  if (database.kind === 'sqlite' && broker)
    warnings.push('PUSH_BROKER_URL is set with a SQLite file: only this one process can run on it, on this machine');
  if (broker && given.PUSH_INGRESS === 'on' && !broker.ingress)
    warnings.push(
      'PUSH_INGRESS is on, but this process has not the role worker: it takes no publishes from the broker',
    );
  if (!broker) {
    for (const name of ['PUSH_BROKER_STARTUP', 'PUSH_BROKER_PREFIX', 'PUSH_INGRESS'])
      if (isSet(name)) warnings.push(`${name} is set without PUSH_BROKER_URL: it is ignored`);
    if (database.kind === 'postgres' || database.kind === 'mysql')
      warnings.push(
        `PUSH_BROKER_URL is unset: should several nodes share this database, a message that is published on one waits on another for the sweep (PUSH_LIMIT_SWEEP_MS, ${config.limits.sweepMs ?? DEFAULT_LIMITS.sweepMs})`,
      );
  }
  return warnings;
}

const nameOf = (kind: 'memory' | 'sqlite'): string => (kind === 'memory' ? 'what is in memory' : 'a SQLite file');
