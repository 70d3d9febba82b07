import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { Limits, Role } from 'push-core';
import type { BrokerConfig } from './broker-url.js';
import { judgeTogether } from './config-together.js';
import { isRole } from './config-rules.js';
import { databaseOf, type DatabaseConfig } from './database-url.js';
import { Environment, type LogLevel } from './environment.js';
import { isLimitVariable, LIMIT_VARIABLES, readLimits } from './limits.js';
import { nearest } from './nearest.js';

export type { LogLevel };

/** Read by the tools beside the server, so they are no mistake in its environment. */
const NOT_OURS = new Set(['PUSH_KEY', 'PUSH_URL', 'PUSH_TEST_LANE']);

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Undefined: no MQTT. */
  readonly mqtt?: { readonly host: string; readonly port: number };
  readonly database: DatabaseConfig;
  /** Undefined: nothing joins this process to others but the database. */
  readonly broker?: BrokerConfig;
  /** One or more. */
  readonly roles: readonly Role[];
  readonly adminKey?: string;
  readonly nodeId?: string;
  readonly allowedOrigins: readonly string[];
  readonly socketio: boolean;
  readonly metrics: boolean;
  readonly console: boolean;
  readonly logLevel: LogLevel;
  readonly egressAllow: readonly string[];
  /** What differs from the engine's defaults. */
  readonly limits: Partial<Limits>;
}

export type ConfigOutcome =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  /** Every mistake found, each with its variable and the remedy. */
  | { readonly ok: false; readonly errors: readonly string[] };

/** An empty variable counts as unset. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ConfigOutcome {
  const ours = Object.entries(environment).filter(([name, value]) => name.startsWith('PUSH_') && value?.trim());
  const plain = Object.fromEntries(ours.map(([name, value]) => [name, value?.trim()]));
  const values = plainToInstance(Environment, plain, { excludeExtraneousValues: true });
  const errors = validateSync(values, { stopAtFirstError: true }).flatMap((error) =>
    Object.values(error.constraints ?? {}).map((text) => `${error.property}: ${text}`),
  );

  const { limits, errors: limitErrors } = readLimits(plain);
  errors.push(...limitErrors);

  const warnings: string[] = [];
  const known = [...Object.keys(values), ...LIMIT_VARIABLES.keys()];
  for (const name of Object.keys(plain)) {
    if (known.includes(name) || isLimitVariable(name) || NOT_OURS.has(name)) continue;
    const meant = nearest(name, known, 2);
    if (meant) errors.push(`${name}: there is no such variable; did you mean ${meant}?`);
    else warnings.push(`${name} is set, but this server has no such variable; it is ignored`);
  }
  if (errors.length > 0) return { ok: false, errors };

  const config = toConfig(values, limits);
  const together = judgeTogether(config, plain);
  if (together.errors.length > 0) return { ok: false, errors: together.errors };
  return { ok: true, config, warnings: [...warnings, ...together.warnings] };
}

function toConfig(values: Environment, limits: Partial<Limits>): Config {
  const roles = values.PUSH_ROLES.filter(isRole);
  return {
    host: values.PUSH_HOST,
    port: values.PUSH_PORT,
    mqtt:
      values.PUSH_MQTT_PORT === undefined
        ? undefined
        : { host: values.PUSH_MQTT_HOST ?? values.PUSH_HOST, port: values.PUSH_MQTT_PORT },
    database: databaseOf(values.PUSH_DATABASE_URL, values.PUSH_DATABASE_CONNECTIONS, values.PUSH_DATABASE_WAIT_MS),
    broker: brokerOf(values, roles),
    roles,
    adminKey: values.PUSH_ADMIN_KEY,
    nodeId: values.PUSH_NODE_ID,
    allowedOrigins: values.PUSH_ALLOWED_ORIGINS,
    socketio: values.PUSH_SOCKETIO === 'on',
    metrics: values.PUSH_METRICS === 'on',
    console: values.PUSH_CONSOLE === 'on',
    logLevel: values.PUSH_LOG_LEVEL,
    egressAllow: values.PUSH_EGRESS_ALLOW,
    limits,
  };
}

function brokerOf(values: Environment, roles: readonly Role[]): BrokerConfig | undefined {
  if (values.PUSH_BROKER_URL === undefined) return undefined;
  return {
    url: values.PUSH_BROKER_URL,
    startup: values.PUSH_BROKER_STARTUP,
    prefix: values.PUSH_BROKER_PREFIX,
    ingress: roles.includes('worker') && values.PUSH_INGRESS !== 'off',
  };
}
