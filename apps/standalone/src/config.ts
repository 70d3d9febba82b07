import 'reflect-metadata';
import { Expose, Transform, plainToInstance } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min, validateSync, type ValidationArguments } from 'class-validator';
import type { Limits } from 'push-core';
import { Rule, brokerUrl, databaseUrl, egress, mqttPort, origins, port, roles } from './config-rules.js';
import { isLimitVariable, LIMIT_VARIABLES, readLimits } from './limits.js';
import { nearest } from './nearest.js';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];
type Switch = 'on' | 'off';

/** Read by the tools beside the server, so they are no mistake in its environment. */
const NOT_OURS = new Set(['PUSH_KEY', 'PUSH_URL', 'PUSH_TEST_LANE']);

type Raw = { value: string | undefined };
const given = (about: ValidationArguments): string => JSON.stringify(about.value);
const or = (fallback: string | undefined) => Transform(({ value }: Raw) => value ?? fallback);
const address = Matches(/^[0-9A-Za-z.:_-]+$/, {
  message: (about) =>
    `${given(about)} is no address to listen on; give an IP address or a host name, for example 127.0.0.1 or 0.0.0.0`,
});
const list = Transform(({ value }: Raw) =>
  (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const onOrOff = IsIn(['on', 'off'], { message: (about) => `${given(about)} is neither "on" nor "off"` });
const number = (fallback: number | undefined) =>
  Transform(({ value }: Raw) => (value === undefined ? fallback : /^\d{1,9}$/.test(value) ? Number(value) : value));

/** The environment of the server, one property a variable. What each means is in docs/configuration.md. */
export class Environment {
  @Expose()
  @or('127.0.0.1')
  @address
  PUSH_HOST!: string;

  @Expose()
  @number(7400)
  @IsInt({ message: port })
  @Min(0, { message: port })
  @Max(65535, { message: port })
  PUSH_PORT!: number;

  @Expose()
  @IsOptional()
  @number(undefined)
  @IsInt({ message: mqttPort })
  @Min(1, { message: mqttPort })
  @Max(65535, { message: mqttPort })
  PUSH_MQTT_PORT?: number;

  @Expose()
  @IsOptional()
  @address
  PUSH_MQTT_HOST?: string;

  @Expose()
  @or('sqlite:./data/push.db')
  @Rule(databaseUrl)
  PUSH_DATABASE_URL!: string;

  @Expose()
  @IsOptional()
  @Rule(brokerUrl)
  PUSH_BROKER_URL?: string;

  @Expose()
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,256}$/, {
    message:
      'must be 1 to 256 visible ASCII characters without spaces; make one with "openssl rand -hex 32" (the value is not shown here)',
  })
  PUSH_ADMIN_KEY?: string;

  @Expose()
  @or('api,gateway,worker')
  @list
  @Rule(roles)
  PUSH_ROLES!: string[];

  @Expose()
  @IsOptional()
  @Matches(/^[^\s\p{Cc}]{1,128}$/u, {
    message: (about) =>
      `${given(about)} is no node id; use 1 to 128 characters without white space, different on every node`,
  })
  PUSH_NODE_ID?: string;

  @Expose()
  @list
  @Rule(origins)
  PUSH_ALLOWED_ORIGINS!: string[];

  @Expose()
  @or('on')
  @onOrOff
  PUSH_SOCKETIO!: Switch;

  @Expose()
  @or('on')
  @onOrOff
  PUSH_METRICS!: Switch;

  @Expose()
  @or('on')
  @onOrOff
  PUSH_CONSOLE!: Switch;

  @Expose()
  @or('info')
  @IsIn(LEVELS, { message: (about) => `${given(about)} is no level; use one of ${LEVELS.join(', ')}` })
  PUSH_LOG_LEVEL!: LogLevel;

  @Expose()
  @list
  @Rule(egress)
  PUSH_EGRESS_ALLOW!: string[];
}

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Undefined: no MQTT. */
  readonly mqtt?: { readonly host: string; readonly port: number };
  readonly database: { readonly kind: 'memory' } | { readonly kind: 'sqlite'; readonly path: string };
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
  if (values.PUSH_ADMIN_KEY !== undefined && values.PUSH_ADMIN_KEY.length < 32) {
    warnings.push(
      'PUSH_ADMIN_KEY is shorter than 32 characters and may be guessed; make one with "openssl rand -hex 32"',
    );
  }
  if (values.PUSH_MQTT_HOST !== undefined && values.PUSH_MQTT_PORT === undefined) {
    warnings.push('PUSH_MQTT_HOST is set without PUSH_MQTT_PORT: nothing listens for MQTT');
  }
  return { ok: true, config: toConfig(values, limits), warnings };
}

function toConfig(values: Environment, limits: Partial<Limits>): Config {
  const url = values.PUSH_DATABASE_URL;
  return {
    host: values.PUSH_HOST,
    port: values.PUSH_PORT,
    mqtt:
      values.PUSH_MQTT_PORT === undefined
        ? undefined
        : { host: values.PUSH_MQTT_HOST ?? values.PUSH_HOST, port: values.PUSH_MQTT_PORT },
    database: url === 'memory:' ? { kind: 'memory' } : { kind: 'sqlite', path: url.slice('sqlite:'.length) },
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
