import { describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { PushError } from 'push-core';
import { readConfig } from './config.js';
import { secretsIn } from './config-shown.js';
import { logEvents } from './log-events.js';
import { plainNames, pseudonyms } from './log-people.js';
import { hideSecrets } from './log-secrets.js';
import { logTo, nestLog, type LogSettings } from './log.js';

function recorder(settings: Partial<LogSettings> = {}) {
  const lines: string[] = [];
  const log = logTo({ level: 'trace', ...settings }, { write: (line: string) => void lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

const jwt = `${[{ alg: 'HS256' }, { sub: 'ann' }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.${randomBytes(32).toString('base64url')}`;
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string;
const random = randomBytes(32);

/** Each with what of it must not be seen. */
const SECRETS: readonly (readonly [name: string, text: string, worth?: string])[] = [
  ['a JWT', jwt, jwt.split('.')[2]],
  ['a PEM', pem, pem.split('\n')[1]],
  ['a PEM that was cut off', pem.slice(0, 120), pem.split('\n')[1]?.slice(0, 40)],
  ['a PEM in JSON', JSON.stringify({ x: pem }), pem.split('\n')[1]],
  [
    'an Authorization header',
    `Authorization: Bearer ${random.toString('hex').slice(0, 20)}`,
    random.toString('hex').slice(0, 20),
  ],
  ['a bearer', 'got Bearer abc123def456', 'abc123def456'],
  [
    'basic credentials',
    `Basic ${Buffer.from('ann:hunter22').toString('base64')}`,
    Buffer.from('ann:hunter22').toString('base64').slice(0, 10),
  ],
  ['a cookie', 'cookie: push_session=hunter22; theme=dark', 'hunter22'],
  ['a cookie in JSON', '{"set-cookie":"__Host-push_session=hunter22; HttpOnly"}', 'hunter22'],
  ['an API key', `push_0123456789ab_${random.toString('base64url')}`, random.toString('base64url')],
  ['an admin key', `push_admin_${random.toString('base64url')}`, random.toString('base64url')],
  ['a session', 'push_session_short1', 'short1'],
  ['a webhook secret', `whsec_${random.toString('base64')}`, random.toString('base64').slice(0, 16)],
  ['a database url', 'postgres://ann:hunter22@db/push', 'hunter22'],
  ['a broker url', 'amqps://ann:hunter%2F22@rabbit:5671/x', 'hunter%2F22'],
  ['a Web Push endpoint', 'https://fcm.googleapis.com/fcm/send/dX-abc123:APA91bHPRgkF3JUikC', 'APA91bHPRgkF3JUikC'],
  [
    'a Slack webhook',
    'https://hooks.slack.example/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
    'XXXXXXXXXXXX',
  ],
  ['an APNs token', random.toString('hex') + random.toString('hex').slice(0, 8), random.toString('hex')],
  ['an FCM token', `cXy-8123456:APA91${random.toString('base64url')}`, random.toString('base64url').slice(0, 20)],
  ['a password in JSON', '{"name":"ann","password":"hunter22"}', 'hunter22'],
  ['a password in JSON in JSON', JSON.stringify({ said: '{"password":"hunter22"}' }), 'hunter22'],
  ['a body in JSON', '{"id":1,"data":{"text":"hunter22"}}', 'hunter22'],
  ['a query', 'GET /v1/sse?device=d1&ticket=hunter22 failed', 'hunter22'],
  ['a VAPID header', 'vapid t=eyJhbGciOi.J9.hunter22, k=BPk3', 'hunter22'],
];

describe('no line of the log tells', () => {
  it.each(SECRETS)('%s', (_, text, worth = text) => {
    const { log, lines } = recorder();
    const error = new TypeError(`it said ${text} and went`, { cause: new Error(`because of ${text}`) });
    const nest = nestLog(log);
    log.info(`plain ${text} words`);
    log.warn({ about: text, nested: { deep: [text] } }, 'fields');
    log.error({ err: error }, 'an error');
    log.error(error);
    log.fatal('with %s words', text);
    nest.error(`from nest ${text}`, error.stack, 'PushModule');
    nest.warn(error, 'PushModule');
    nest.log({ said: text }, 'PushModule');
    nest.verbose?.(text);
    expect(lines.length).toBeGreaterThan(7);
    expect(lines.filter((line) => line.includes(worth))).toEqual([]);
  });

  it('what stands under a name that says it is nobody’s business, whatever it looks like', () => {
    const { log, lines } = recorder();
    const canary = 'just some words';
    for (const name of [
      'password',
      'token',
      'apiKey',
      'private_key',
      'Authorization',
      'set-cookie',
      'endpoint',
      'data',
      'body',
      'notification',
      'clientSecret',
      'parameters',
    ])
      log.info({ [name]: canary, in: { [name]: { x: canary } } }, 'x');
    log.info({ bytes: Buffer.from(canary) }, 'x');
    expect(lines.join()).not.toContain(canary);
  });

  it('what drivers hang on their errors', () => {
    const { log, lines, last } = recorder();
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      query: 'INSERT INTO push_message',
      parameters: ['canary one'],
      detail: 'Key (user)=(canary two)',
      driverError: new Error('canary three'),
      request: { body: 'canary four' },
    });
    log.error({ err: error }, 'failed');
    expect(lines.join()).not.toContain('canary');
    expect(last().err).toMatchObject({ type: 'Error', message: 'duplicate key', code: '23505' });
  });

  it('a secret of the configuration, however plain', () => {
    const outcome = readConfig({
      PUSH_DATABASE_URL: 'postgres://ann:plain%2Fwords@db/push',
      PUSH_ADMIN_KEY: 'correcthorsebatterystaplecorrect',
      PUSH_ALARM_WEBHOOK: 'https://hooks.example/short',
      PUSH_LOG_PSEUDONYM_KEY: 'pseudonymousbosch',
    });
    if (!outcome.ok) throw new Error(outcome.errors.join());
    const { log, lines } = recorder({ secrets: secretsIn(outcome.config) });
    for (const secret of [
      'plain%2Fwords',
      'plain/words',
      'correcthorsebatterystaplecorrect',
      'https://hooks.example/short',
      'pseudonymousbosch',
    ]) {
      log.info(`it is ${secret}, you know`);
      log.error(new Error(`no ${secret} here`));
      expect([secret, lines.join().includes(secret)]).toEqual([secret, false]);
    }
  });
});

describe('a configuration that is printed', () => {
  const secret = 'correcthorsebatterystaplecorrect';
  const outcome = readConfig({
    PUSH_DATABASE_URL: `postgres://ann:${secret}@db/push`,
    PUSH_BROKER_URL: `amqp://ann:${secret}@rabbit`,
    PUSH_ADMIN_KEY: secret,
    PUSH_CONSOLE_PASSWORD: secret,
    PUSH_LOG_PSEUDONYM_KEY: secret,
    PUSH_METRICS_TOKEN: secret,
    PUSH_ENCRYPTION_KEYS: `one:${Buffer.alloc(32, 9).toString('base64')}`,
    PUSH_ALARM_WEBHOOK: `https://hooks.example/${secret}`,
    PUSH_ALARM_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  });
  if (!outcome.ok) throw new Error(outcome.errors.join());
  const { config } = outcome;

  it.each([
    ['inspect', () => inspect(config, { depth: 9, showHidden: false })],
    ['a template', () => `${JSON.stringify(config)}`],
    ['inspect of what it is part of', () => inspect({ wrapped: { config } }, { depth: 9 })],
    [
      'its parts',
      () =>
        [config.database, config.broker, config.alarms, config.logs, config.signIn]
          .map((one) => inspect(one) + JSON.stringify(one))
          .join(),
    ],
  ])('by %s does not tell its secrets', (_, print) => {
    const printed = print();
    for (const canary of [
      secret,
      Buffer.alloc(32, 9).toString('base64'),
      Buffer.alloc(32, 7).toString('base64'),
      'BwcHBwcH',
    ])
      expect(printed).not.toContain(canary);
    expect(printed).toMatch(/rabbit|db/);
  });

  it('is what it was for whoever uses it', () => {
    expect([config.adminKey, config.alarms?.webhook]).toEqual([secret, `https://hooks.example/${secret}`]);
    expect(config.port).toBe(7400);
  });
});

describe('the log otherwise', () => {
  it('tells what helps: who, where, which code', () => {
    const { log, last } = recorder();
    log.warn(
      { code: 'STORE_UNAVAILABLE', port: 7400, tenant: 'acme', reason: 'token_invalid' },
      'PushModule: connect ECONNREFUSED 127.0.0.1:5432',
    );
    expect(last()).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      port: 7400,
      tenant: 'acme',
      reason: 'token_invalid',
      msg: 'PushModule: connect ECONNREFUSED 127.0.0.1:5432',
    });
    for (const text of [
      'nest-push is listening on http://127.0.0.1:7400',
      'ending: no new work, clients are sent elsewhere',
      'apns of tenant acme is not asked for the moment: InvalidProviderToken',
      'The token is not valid; use Bearer authentication',
      'postgres://db:5432/push does not answer',
      '    at Hub.drain (/srv/node_modules/push-core/dist/esm/online/hub.js:310:5)',
    ])
      expect(hideSecrets(text)).toBe(text);
  });

  it('keeps the kind, the code and the cause of an error', () => {
    const { log, last } = recorder();
    log.error({ err: new PushError('STORE_FULL', 'no space', { cause: new RangeError('disk') }) }, 'failed');
    expect(last().err).toMatchObject({
      type: 'PushError',
      code: 'STORE_FULL',
      message: expect.stringContaining('no space'),
    });
    expect(JSON.stringify(last().err)).toContain('disk');
  });

  it('has the names of the Elastic Common Schema where it is asked to', () => {
    const { log, last, lines } = recorder({ format: 'ecs' });
    log.error({ err: new TypeError('broken postgres://ann:hunter22@db'), tenant: 'acme' }, 'it broke');
    expect(last()).toMatchObject({
      'log.level': 'error',
      'ecs.version': expect.any(String),
      message: 'it broke',
      'service.name': 'nest-push',
      tenant: 'acme',
      error: { type: 'TypeError', message: expect.stringContaining('broken'), stack_trace: expect.any(String) },
    });
    expect(last()['@timestamp']).toBeDefined();
    expect(lines.join()).not.toContain('hunter22');
  });
});

describe('users in the log', () => {
  type Listener = (event: object) => void;
  const happen = (names = plainNames, level: LogSettings['level'] = 'debug') => {
    const { log, lines } = recorder({ level });
    const listeners = new Map<string, Listener>();
    const on = (name: string, listener: Listener) => {
      listeners.set(name, listener);
      return () => listeners.delete(name);
    };
    const stop = logEvents({ on } as never, log, names);
    const who = { tenant: 'acme', user: 'ann@example.com', device: 'anns-phone' };
    listeners.get('connected')?.({ ...who, connection: 'c1', transport: 'sse' });
    listeners.get('failed')?.({ ...who, id: 'm1', provider: 'fcm', state: 'dead', reason: 'attempts' });
    listeners.get('disconnected')?.({ ...who, connection: 'c1', code: 3000, reason: 'draining' });
    stop();
    expect(listeners.size).toBe(0);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it('are named at level debug, with what happened to them', () => {
    expect(happen()).toEqual([
      expect.objectContaining({ tenant: 'acme', user: 'ann@example.com', device: 'anns-phone', transport: 'sse' }),
      expect.objectContaining({ user: 'ann@example.com', messageId: 'm1', state: 'dead', reason: 'attempts' }),
      expect.objectContaining({ user: 'ann@example.com', closeCode: 3000 }),
    ]);
    expect(happen(plainNames, 'info')).toEqual([]);
  });

  it('have pseudonyms where it is asked for: the same for the same user and key, in every line', () => {
    const lines = happen(pseudonyms('0123456789abcdef'));
    expect(JSON.stringify(lines)).not.toMatch(/ann/);
    const [one] = lines;
    expect(one?.user).toMatch(/^[\w-]{16}$/);
    expect(new Set(lines.map(({ user }) => user)).size).toBe(1);
    const { user: same } = { user: pseudonyms('0123456789abcdef').user('acme', 'ann@example.com') };
    expect(same).toBe(one?.user);
    expect(pseudonyms('0123456789abcdef').user('other', 'ann@example.com')).not.toBe(same);
    expect(pseudonyms('another key, too').user('acme', 'ann@example.com')).not.toBe(same);
    expect(pseudonyms(undefined).user('acme', 'ann')).not.toBe(pseudonyms(undefined).user('acme', 'ann'));
  });
});
