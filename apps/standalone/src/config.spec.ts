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
        adminKey: undefined,
        nodeId: undefined,
        allowedOrigins: [],
        metrics: true,
        socketio: true,
        console: true,
        logLevel: 'info',
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
    ['PUSH_DATABASE_URL', 'mysql://db/push'],
    ['PUSH_BROKER_URL', 'amqp://localhost'],
    ['PUSH_ADMIN_KEY', 'x'.repeat(257)],
    ['PUSH_ADMIN_KEY', 'with space '.repeat(4)],
    ['PUSH_ROLES', 'api'],
    ['PUSH_ROLES', 'api,cook'],
    ['PUSH_NODE_ID', 'a b'],
    ['PUSH_ALLOWED_ORIGINS', 'https://a.example/'],
    ['PUSH_ALLOWED_ORIGINS', 'https://*.example'],
    ['PUSH_ALLOWED_ORIGINS', 'null'],
    ['PUSH_CONSOLE', 'true'],
    ['PUSH_LOG_LEVEL', 'verbose'],
    ['PUSH_EGRESS_ALLOW', 'localhost'],
  ])('refuses %s=%s, naming it', (name, value) => {
    expect(errorsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: .{20,}`))]);
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

  it('lists all mistakes at once', () => {
    expect(errorsOf({ PUSH_PORT: 'x', PUSH_ROLES: 'x', PUSH_LOGLEVEL: 'info' })).toHaveLength(3);
  });

  it('shows no password and no key', () => {
    const shown = errorsOf({
      PUSH_DATABASE_URL: 'postgres://me:geheim@db/x',
      PUSH_BROKER_URL: 'amqp://me:geheim@mq',
      PUSH_ADMIN_KEY: 'geheim mit Leerzeichen',
    });
    expect(shown).toHaveLength(3);
    expect(shown.join()).not.toContain('geheim');
  });
});
