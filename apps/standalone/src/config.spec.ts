import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

describe('the environment', () => {
  const errorsOf = (environment: Record<string, string>) => {
    const outcome = readConfig(environment);
    return outcome.ok ? [] : outcome.errors;
  };

  it('has the documented defaults, for unset and empty variables', () => {
    const expected = {
      ok: true,
      warnings: [],
      config: {
        host: '127.0.0.1',
        port: 7400,
        database: { kind: 'sqlite', path: './data/push.db' },
        broker: undefined,
        roles: ['api', 'gateway', 'worker'],
        adminKey: undefined,
        encryptionKeys: [],
        metricsToken: undefined,
        nodeId: undefined,
        allowedOrigins: [],
        trustedProxies: [],
        metrics: true,
        socketio: true,
        console: true,
        signIn: { totpRequired: false },
        logLevel: 'info',
        logs: { format: 'plain', users: 'plain', pseudonymKey: undefined },
        alarms: undefined,
        tracing: false,
        metricsTenants: false,
        egressAllow: [],
        mqtt: undefined,
        limits: {},
      },
    };
    expect(readConfig({})).toEqual(expected);
    expect(readConfig({ PUSH_PORT: '', PUSH_HOST: ' ', PUSH_BROKER_URL: '', PATH: '/bin' })).toEqual(expected);
  });

  it('takes what is right', () => {
    const outcome = readConfig({
      PUSH_HOST: '::1',
      PUSH_PORT: '0',
      PUSH_DATABASE_URL: 'memory:',
      PUSH_ADMIN_KEY: 'a'.repeat(32),
      PUSH_ROLES: 'worker, api,gateway',
      PUSH_NODE_ID: 'node-1',
      PUSH_ALLOWED_ORIGINS: 'https://a.example, http://localhost:3000',
      PUSH_TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,fd00::7, private',
      PUSH_METRICS: 'off',
      PUSH_LOG_LEVEL: 'debug',
      PUSH_MQTT_PORT: '1883',
      PUSH_EGRESS_ALLOW: 'localhost:9000,10.0.0.0/8,[::1]:80,fd00::/8',
    });
    expect(outcome).toMatchObject({
      ok: true,
      config: {
        host: '::1',
        port: 0,
        mqtt: { host: '::1', port: 1883 },
        database: { kind: 'memory' },
        nodeId: 'node-1',
        allowedOrigins: ['https://a.example', 'http://localhost:3000'],
        trustedProxies: ['loopback', '10.0.0.0/8', 'fd00::7', 'private'],
        metrics: false,
        logLevel: 'debug',
      },
    });
  });

  it.each([
    ['PUSH_PORT', '70000'],
    ['PUSH_PORT', '-1'],
    ['PUSH_PORT', '80.5'],
    ['PUSH_PORT', 'http'],
    ['PUSH_HOST', 'http://x'],
    ['PUSH_MQTT_PORT', '0'],
    ['PUSH_MQTT_PORT', '65536'],
    ['PUSH_MQTT_PORT', 'tcp://10.0.0.1:1883'],
    ['PUSH_MQTT_HOST', 'mqtt://x'],
    ['PUSH_METRICS', 'yes'],
    ['PUSH_DATABASE_URL', './push.db'],
    ['PUSH_DATABASE_URL', 'sqlite:'],
    ['PUSH_DATABASE_URL', 'sqlite::memory:'],
    ['PUSH_DATABASE_URL', 'oracle://db/push'],
    ['PUSH_DATABASE_URL', 'postgres://db'],
    ['PUSH_DATABASE_URL', 'postgres:///push'],
    ['PUSH_DATABASE_URL', 'mysql://db/push/more'],
    ['PUSH_DATABASE_URL', 'postgresql://me:50%@db/push'],
    ['PUSH_DATABASE_URL', 'postgres://db:port/push'],
    ['PUSH_DATABASE_CONNECTIONS', '1'],
    ['PUSH_DATABASE_CONNECTIONS', 'ten'],
    ['PUSH_DATABASE_WAIT_MS', '15s'],
    ['PUSH_BROKER_URL', 'localhost:5672'],
    ['PUSH_BROKER_URL', 'amqp://'],
    ['PUSH_BROKER_URL', 'amqp://mq1,amqp://mq2:x'],
    ['PUSH_BROKER_URL', 'amqp://mq/a/b'],
    ['PUSH_BROKER_STARTUP', 'later'],
    ['PUSH_BROKER_PREFIX', 'a b'],
    ['PUSH_BROKER_PREFIX', 'amq.push'],
    ['PUSH_INGRESS', 'yes'],
    ['PUSH_ADMIN_KEY', 'x'.repeat(257)],
    ['PUSH_ADMIN_KEY', 'with space '.repeat(4)],
    ['PUSH_ROLES', 'api,cook'],
    ['PUSH_ROLES', ','],
    // Nobody else could take the others.
    ['PUSH_ROLES', 'api'],
    ['PUSH_NODE_ID', 'a b'],
    ['PUSH_ALLOWED_ORIGINS', 'https://a.example/'],
    ['PUSH_ALLOWED_ORIGINS', 'https://*.example'],
    ['PUSH_ALLOWED_ORIGINS', 'null'],
    ['PUSH_TRUSTED_PROXIES', 'nginx'],
    ['PUSH_TRUSTED_PROXIES', '10.0.0.1:80'],
    ['PUSH_CONSOLE', 'true'],
    ['PUSH_LOG_LEVEL', 'verbose'],
    ['PUSH_EGRESS_ALLOW', 'localhost'],
  ])('refuses %s=%s, naming it', (name, value) => {
    expect(errorsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: .{20,}`))]);
  });

  it.each([
    ['postgres://u:p@db:5433/push?sslmode=require', 'postgres'],
    ['postgresql://db/push', 'postgres'],
    ['mysql://root@127.0.0.1/push', 'mysql'],
    ['mariadb://u:p%40ss@[::1]:3307/push', 'mysql'],
  ])('takes %s as %s', (url, kind) => {
    const outcome = readConfig({ PUSH_DATABASE_URL: url, PUSH_DATABASE_CONNECTIONS: '4', PUSH_DATABASE_WAIT_MS: '0' });
    expect(outcome.ok && outcome.config.database).toEqual({ kind, url, connections: 4, waitMs: 0 });
  });

  const SQL = { PUSH_DATABASE_URL: 'postgres://db/push' };
  const BROKER = { ...SQL, PUSH_BROKER_URL: 'amqp://mq' };

  it('takes a broker, and publishes from it where the role worker runs', () => {
    const broker = (environment: Record<string, string>) => {
      const outcome = readConfig({ ...BROKER, ...environment });
      return outcome.ok ? outcome.config.broker : outcome.errors;
    };
    expect(broker({})).toEqual({ url: 'amqp://mq', startup: 'degraded', prefix: 'push.', ingress: true });
    expect(
      broker({ PUSH_BROKER_URL: 'amqps://u:p@mq:5671/%2Fmine', PUSH_BROKER_STARTUP: 'fail', PUSH_BROKER_PREFIX: 'a.' }),
    ).toEqual({ url: 'amqps://u:p@mq:5671/%2Fmine', startup: 'fail', prefix: 'a.', ingress: true });
    expect(broker({ PUSH_ROLES: 'api,gateway' })).toMatchObject({ ingress: false });
    expect(broker({ PUSH_ROLES: 'worker', PUSH_INGRESS: 'on' })).toMatchObject({ ingress: true });
    expect(broker({ PUSH_BROKER_URL: 'amqp://mq1, amqp://mq2' })).toMatchObject({ url: 'amqp://mq1, amqp://mq2' });
    expect(broker({ PUSH_INGRESS: 'off' })).toMatchObject({ ingress: false });
  });

  it.each(['api', 'gateway', 'worker', 'gateway,api', 'worker,gateway'])(
    'runs %s alone where others can run the rest',
    (roles) => {
      const outcome = readConfig({ ...BROKER, PUSH_ROLES: roles });
      expect(outcome.ok && outcome.config.roles).toEqual(roles.split(','));
      for (const url of ['memory:', 'sqlite:./push.db'])
        expect(errorsOf({ PUSH_DATABASE_URL: url, PUSH_ROLES: roles })).toEqual([
          expect.stringMatching(/^PUSH_ROLES: .*run nowhere/),
        ]);
    },
  );

  it('refuses a broker where nothing can be shared, and warns where settings do not go together', () => {
    expect(errorsOf({ PUSH_DATABASE_URL: 'memory:', PUSH_BROKER_URL: 'amqp://mq' })).toEqual([
      expect.stringMatching(/^PUSH_BROKER_URL: .*PUSH_DATABASE_URL/),
    ]);
    const warningsOf = (environment: Record<string, string>) => {
      const outcome = readConfig(environment);
      return outcome.ok ? outcome.warnings : outcome.errors;
    };
    expect(warningsOf(BROKER)).toEqual([]);
    expect(warningsOf({ PUSH_BROKER_URL: 'amqp://mq' })).toEqual([
      expect.stringMatching(/SQLite.*only this one process/),
    ]);
    expect(warningsOf({ ...SQL, PUSH_LIMIT_SWEEP_MS: '2000' })).toEqual([
      expect.stringMatching(/^PUSH_BROKER_URL is unset: .*PUSH_LIMIT_SWEEP_MS, 2000/),
    ]);
    expect(warningsOf({ PUSH_BROKER_STARTUP: 'wait', PUSH_BROKER_PREFIX: 'x', PUSH_INGRESS: 'on' })).toHaveLength(3);
    expect(warningsOf({ ...BROKER, PUSH_ROLES: 'api', PUSH_INGRESS: 'on' })).toEqual([
      expect.stringMatching(/^PUSH_INGRESS .*worker/),
    ]);
    expect(warningsOf({ ...BROKER, PUSH_ROLES: 'api', PUSH_MQTT_PORT: '1883' })).toEqual([
      expect.stringMatching(/^PUSH_MQTT_PORT .*gateway/),
    ]);
  });

  it('listens for MQTT where it is told to, and warns of half a setting', () => {
    const outcome = readConfig({ PUSH_MQTT_PORT: '1883', PUSH_MQTT_HOST: '0.0.0.0' });
    expect(outcome.ok && outcome.config.mqtt).toEqual({ host: '0.0.0.0', port: 1883 });
    const half = readConfig({ PUSH_MQTT_HOST: '0.0.0.0' });
    expect(half.ok && [half.config.mqtt, half.warnings]).toEqual([
      undefined,
      [expect.stringContaining('PUSH_MQTT_PORT')],
    ]);
  });

  it('takes a short admin key, with a warning that does not show it', () => {
    const outcome = readConfig({ PUSH_ADMIN_KEY: 'short-key' });
    expect(outcome.ok && outcome.warnings).toEqual([expect.stringMatching(/^PUSH_ADMIN_KEY is shorter/)]);
    expect(JSON.stringify(outcome.ok && outcome.warnings)).not.toContain('short-key');
  });

  it('says which of the trusted proxies is none, and what one is', () => {
    expect(errorsOf({ PUSH_TRUSTED_PROXIES: 'private,10.0.0.0/33,proxy' })).toEqual([
      'PUSH_TRUSTED_PROXIES: "10.0.0.0/33", "proxy": give IP addresses, CIDR blocks (for example 10.0.0.0/8), "loopback" or "private"',
    ]);
  });

  it('lists all mistakes at once', () => {
    expect(errorsOf({ PUSH_PORT: 'x', PUSH_ROLES: 'x', PUSH_LOGLEVEL: 'info' })).toHaveLength(3);
  });

  it.each([
    'postgres://me:geheim@db',
    'postgres://me:ge/geheim@db/x',
    'postgres://me:1/geheim@db/x',
    'postgres://me:1?geheim@db/x',
    'postgres://me:1#geheim@db/x',
    'postgres://me:%geheim@db/x',
    'oracle://me:geheim@db/x',
    'me:geheim@db',
    'sqlite://me:geheim@db',
    'https://me:ge/geheim@db',
  ])('shows no password, as in %s', (url) => {
    const shown = errorsOf({
      PUSH_DATABASE_URL: url,
      PUSH_BROKER_URL: url.replace(/^(postgres|sqlite)/, 'amqp'),
      PUSH_ALLOWED_ORIGINS: url,
      PUSH_ADMIN_KEY: 'geheim mit Leerzeichen',
    });
    expect(shown.length).toBeGreaterThanOrEqual(3);
    expect(shown.join()).not.toContain('geheim');
  });
});
