import 'reflect-metadata';
import { Expose, Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUrl, Matches, Max, Min, type ValidationArguments } from 'class-validator';
import { BROKER_STARTUPS, brokerUrl, type BrokerStartup } from './broker-url.js';
import {
  Rule,
  egress,
  encryptionKeys,
  mqttPort,
  oidcRoles,
  origin,
  origins,
  port,
  roles,
  trustedProxies,
} from './config-rules.js';
import { alarmSecret, alarmWebhook } from './alarms/alarm-rules-of-config.js';
import { databaseUrl } from './database-url.js';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LEVELS)[number];
type Switch = 'on' | 'off';

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

const connections = (about: ValidationArguments): string =>
  `${given(about)} is no number of connections; give a whole number from 2 to 1000, for example 10`;
const wait = (about: ValidationArguments): string =>
  `${given(about)} is no time; give a whole number of milliseconds, for example 15000; 0 does not wait`;

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
  @number(10)
  @IsInt({ message: connections })
  @Min(2, { message: connections })
  @Max(1000, { message: connections })
  PUSH_DATABASE_CONNECTIONS!: number;

  @Expose()
  @number(15_000)
  @IsInt({ message: wait })
  PUSH_DATABASE_WAIT_MS!: number;

  @Expose()
  @IsOptional()
  @Rule(brokerUrl)
  PUSH_BROKER_URL?: string;

  @Expose()
  @or('degraded')
  @IsIn(BROKER_STARTUPS, {
    message: (about) => `${given(about)} is no way to start; use one of ${BROKER_STARTUPS.join(', ')}`,
  })
  PUSH_BROKER_STARTUP!: BrokerStartup;

  @Expose()
  @or('push.')
  @Matches(/^(?!amq\.)[\w.:-]{1,64}$/, {
    message: (about) =>
      `${given(about)} is no prefix; use 1 to 64 letters, digits and . : _ -, not beginning with "amq.", for example push.`,
  })
  PUSH_BROKER_PREFIX!: string;

  @Expose()
  @IsOptional()
  @onOrOff
  PUSH_INGRESS?: Switch;

  @Expose()
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,256}$/, {
    message:
      'must be 1 to 256 visible ASCII characters without spaces; make one with "openssl rand -hex 32" (the value is not shown here)',
  })
  PUSH_ADMIN_KEY?: string;

  @Expose()
  @IsOptional()
  @Rule(encryptionKeys)
  PUSH_ENCRYPTION_KEYS?: string;

  @Expose()
  @IsOptional()
  @Matches(/^[\x21-\x7e]{16,256}$/, {
    message: 'must be 16 to 256 visible ASCII characters without spaces (the value is not shown here)',
  })
  PUSH_METRICS_TOKEN?: string;

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
  @list
  @Rule(trustedProxies)
  PUSH_TRUSTED_PROXIES!: string[];

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
  @IsOptional()
  @Matches(/^.{12,256}$/u, {
    message: 'must be 12 to 256 characters (the value is not shown here)',
  })
  PUSH_CONSOLE_PASSWORD?: string;

  @Expose()
  @or('optional')
  @IsIn(['optional', 'required'], { message: (about) => `${given(about)} is neither "optional" nor "required"` })
  PUSH_CONSOLE_TOTP!: 'optional' | 'required';

  @Expose()
  @IsOptional()
  @Rule(origin)
  PUSH_PUBLIC_URL?: string;

  @Expose()
  @IsOptional()
  @IsUrl(
    { require_tld: false, protocols: ['http', 'https'], require_protocol: true },
    { message: (about) => `${given(about)} is no issuer; give its url, for example https://login.example.com` },
  )
  PUSH_OIDC_ISSUER?: string;

  @Expose()
  @IsOptional()
  PUSH_OIDC_CLIENT_ID?: string;

  @Expose()
  @IsOptional()
  PUSH_OIDC_CLIENT_SECRET?: string;

  @Expose()
  @IsOptional()
  @Rule(oidcRoles)
  PUSH_OIDC_ROLES?: string;

  @Expose()
  @or('info')
  @IsIn(LEVELS, { message: (about) => `${given(about)} is no level; use one of ${LEVELS.join(', ')}` })
  PUSH_LOG_LEVEL!: LogLevel;

  @Expose()
  @or('plain')
  @IsIn(['plain', 'ecs'], { message: (about) => `${given(about)} is no format; use plain or ecs` })
  PUSH_LOG_FORMAT!: 'plain' | 'ecs';

  @Expose()
  @or('plain')
  @IsIn(['plain', 'pseudonym'], { message: (about) => `${given(about)} is neither "plain" nor "pseudonym"` })
  PUSH_LOG_USERS!: 'plain' | 'pseudonym';

  @Expose()
  @IsOptional()
  @Matches(/^[\x21-\x7e]{16,256}$/, {
    message:
      'must be 16 to 256 visible ASCII characters without spaces; make one with "openssl rand -hex 32" (the value is not shown here)',
  })
  PUSH_LOG_PSEUDONYM_KEY?: string;

  @Expose()
  @IsOptional()
  @Rule(alarmWebhook)
  PUSH_ALARM_WEBHOOK?: string;

  @Expose()
  @IsOptional()
  @Rule(alarmSecret)
  PUSH_ALARM_SECRET?: string;

  @Expose()
  @or('off')
  @onOrOff
  PUSH_TRACING!: Switch;

  @Expose()
  @or('off')
  @onOrOff
  PUSH_METRICS_TENANTS!: Switch;

  @Expose()
  @list
  @Rule(egress)
  PUSH_EGRESS_ALLOW!: string[];
}
