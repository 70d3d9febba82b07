import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { Limits, Role } from 'push-core';
import type { BrokerConfig } from './broker-url.js';
import { judgeTogether } from './config-together.js';
import { isRole } from './config-rules.js';
import { withoutTelling } from './config-shown.js';
import { databaseOf, type DatabaseConfig } from './database-url.js';
import { Environment, type LogLevel } from './environment.js';
import { isLimitVariable, LIMIT_VARIABLES, readLimits } from './limits.js';
import { nearest } from './nearest.js';
import { readRoles, type OidcSettings } from './people/oidc/oidc-settings.js';
import type { RingKey } from './ring/key-ring.js';
import { ringOf } from './ring/ring-text.js';

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
  /** The first seals what is secret, all open it. Empty: not set. */
  readonly encryptionKeys: readonly RingKey[];
  readonly nodeId?: string;
  readonly allowedOrigins: readonly string[];
  /** Believed when they say for whom they speak. Empty: nobody is. */
  readonly trustedProxies: readonly string[];
  readonly socketio: boolean;
  readonly metrics: boolean;
  /** Whoever reads the metrics must say it; undefined: nobody has to. */
  readonly metricsToken?: string;
  readonly console: boolean;
  readonly signIn: SignInConfig;
  readonly logLevel: LogLevel;
  readonly logs: LogConfig;
  /** Undefined: nobody is told. */
  readonly alarms?: AlarmConfig;
  /** Spans go to the OpenTelemetry SDK this process runs with. */
  readonly tracing: boolean;
  /** Metrics carry a label `tenant`. */
  readonly metricsTenants: boolean;
  readonly egressAllow: readonly string[];
  /** What differs from the engine's defaults. */
  readonly limits: Partial<Limits>;
}

/** How people sign in to the console. */
export interface SignInConfig {
  /** Of the first person, where the first start shall make up none. */
  readonly password?: string;
  readonly totpRequired: boolean;
  /** Where a proxy makes this server known. */
  readonly publicOrigin?: string;
  readonly oidc?: OidcSettings;
}

export interface LogConfig {
  readonly format: 'plain' | 'ecs';
  /** How users are called. */
  readonly users: 'plain' | 'pseudonym';
  /** Undefined: made up at each start. */
  readonly pseudonymKey?: string;
}

export interface AlarmConfig {
  readonly webhook: string;
  /** Undefined: what is sent is not signed. */
  readonly secret?: string;
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

  const config = withoutTelling(toConfig(values, limits));
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
    encryptionKeys: ringOf(values.PUSH_ENCRYPTION_KEYS),
    nodeId: values.PUSH_NODE_ID,
    allowedOrigins: values.PUSH_ALLOWED_ORIGINS,
    trustedProxies: values.PUSH_TRUSTED_PROXIES,
    socketio: values.PUSH_SOCKETIO === 'on',
    metrics: values.PUSH_METRICS === 'on',
    metricsToken: values.PUSH_METRICS_TOKEN,
    console: values.PUSH_CONSOLE === 'on',
    signIn: signInOf(values),
    logLevel: values.PUSH_LOG_LEVEL,
    logs: {
      format: values.PUSH_LOG_FORMAT,
      users: values.PUSH_LOG_USERS,
      pseudonymKey: values.PUSH_LOG_PSEUDONYM_KEY,
    },
    alarms: alarmsOf(values),
    tracing: values.PUSH_TRACING === 'on',
    metricsTenants: values.PUSH_METRICS_TENANTS === 'on',
    egressAllow: values.PUSH_EGRESS_ALLOW,
    limits,
  };
}

function signInOf(values: Environment): SignInConfig {
  const { PUSH_OIDC_ISSUER: issuer, PUSH_OIDC_CLIENT_ID: clientId, PUSH_OIDC_CLIENT_SECRET: clientSecret } = values;
  const roles = values.PUSH_OIDC_ROLES === undefined ? undefined : readRoles(values.PUSH_OIDC_ROLES);
  return {
    password: values.PUSH_CONSOLE_PASSWORD,
    totpRequired: values.PUSH_CONSOLE_TOTP === 'required',
    publicOrigin: values.PUSH_PUBLIC_URL,
    oidc: issuer === undefined || clientId === undefined ? undefined : { issuer, clientId, clientSecret, roles },
  };
}

function alarmsOf({ PUSH_ALARM_WEBHOOK: webhook, PUSH_ALARM_SECRET: secret }: Environment): AlarmConfig | undefined {
  return webhook === undefined ? undefined : { webhook, secret };
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
