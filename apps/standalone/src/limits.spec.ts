import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createMemoryStore, createPush, DEFAULT_LIMITS, type Limits } from 'push-core';
import { readConfig } from './config.js';
import { LIMIT_VARIABLES, limitVariable, readLimits, unitOf } from './limits.js';

const names = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];

describe('the limits in the environment', () => {
  it('are all the engine has, each under its name in capitals', () => {
    expect(limitVariable('framesPerSecond')).toBe('PUSH_LIMIT_FRAMES_PER_SECOND');
    expect([...LIMIT_VARIABLES.values()]).toEqual(names);
    const all = Object.fromEntries(names.map((name, at) => [limitVariable(name), String(at + 1)]));
    const { limits, errors } = readLimits(all);
    expect(errors).toEqual([]);
    expect(limits).toEqual(Object.fromEntries(names.map((name, at) => [name, at + 1])));
    // The engine takes them.
    createPush({ store: createMemoryStore(), limits });
  });

  it('are part of the configuration, and empty where none is set', () => {
    const config = (environment: Record<string, string>) => {
      const outcome = readConfig(environment);
      return outcome.ok ? outcome.config.limits : outcome.errors;
    };
    expect(config({ PUSH_LIMIT_WINDOW_ENTRIES: '' })).toEqual({});
    expect(config({ PUSH_LIMIT_HEARTBEAT_MS: ' 5000 ', PUSH_LIMIT_WINDOW_ENTRIES: '1024' })).toEqual({
      heartbeatMs: 5000,
      windowEntries: 1024,
    });
    expect(config({ PUSH_PORT: 'x', PUSH_LIMIT_HEARTBEAT_MS: 'x' })).toHaveLength(2);
  });

  it.each([
    ['PUSH_LIMIT_HEARTBEAT_MS', '0', 'whole number of milliseconds from 1 to 2147483647'],
    ['PUSH_LIMIT_HEARTBEAT_MS', '2147483648', '2147483647'],
    ['PUSH_LIMIT_HEARTBEAT_MS', '25s', 'milliseconds'],
    ['PUSH_LIMIT_HEARTBEAT_MS', '1e4', 'milliseconds'],
    ['PUSH_LIMIT_HEARTBEAT_MS', '-1', 'milliseconds'],
    ['PUSH_LIMIT_HOT_BYTES', '64MB', 'whole number of bytes'],
    ['PUSH_LIMIT_FRAMES_PER_SECOND', '1.5', 'whole number a second from 1'],
    ['PUSH_LIMIT_WINDOW_ENTRIES', '1025', 'whole number from 1 to 1024'],
  ])('refuse %s=%s', (variable, value, remedy) => {
    const { errors } = readLimits({ [variable]: value });
    expect(errors).toEqual([expect.stringMatching(new RegExp(`^${variable}: ${JSON.stringify(value)} is no limit`))]);
    expect(errors[0]).toContain(remedy);
  });

  it.each([
    ['PUSH_LIMIT_FRAMES_PER_SECONDS', 'PUSH_LIMIT_FRAMES_PER_SECOND'],
    ['PUSH_LIMIT_CONNECTIONS_PER_IP', 'PUSH_LIMIT_CONNECTIONS_PER_USER'],
    ['PUSH_LIMIT_HEARTBEAT', 'PUSH_LIMIT_HEARTBEAT_MS'],
    ['PUSH_LIMIT_', 'PUSH_LIMIT_HOT_MS'],
  ])('refuse %s, which there is not, with the nearest', (variable, meant) => {
    expect(readConfig({ [variable]: '5' })).toEqual({
      ok: false,
      errors: [`${variable}: there is no such limit; the nearest is ${meant}`],
    });
  });

  it('are taken for a typing error where the prefix is almost right', () => {
    expect(readConfig({ PUSH_LIMITS_HOT_MS: '5' })).toEqual({
      ok: false,
      errors: ['PUSH_LIMITS_HOT_MS: there is no such variable; did you mean PUSH_LIMIT_HOT_MS?'],
    });
  });

  it('are listed in docs/configuration.md with default and unit', () => {
    const page = readFileSync(path.resolve(__dirname, '../../../docs/configuration.md'), 'utf8');
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('| `PUSH_LIMIT_'))
      .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(rows.map(([, variable, value, unit]) => [variable, value, unit])).toEqual(
      names.map((name) => [`\`${limitVariable(name)}\``, `\`${DEFAULT_LIMITS[name]}\``, unitOf(name)]),
    );
    expect(rows.filter(([, , , , meaning]) => !meaning)).toEqual([]);
  });
});
