import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createMemoryStore, DEFAULT_LIMITS, DEFAULT_RETENTION } from 'push-core';
import { MAX_TTL } from '../../libs/nest-push/src/auth/token-request.js';
import { splitOptions } from '../../libs/nest-push/src/push.options.js';
import { resolveSettings as resolveRabbit } from '../../libs/nest-push/src/rabbitmq/rabbit-settings.js';
import { resolveSettings as resolveMqtt } from '../../libs/push-core/src/transports/mqtt/options.js';
import { declaredOptions, type DeclaredOption } from './support/option-sources.js';
import { numberIn, optionTables, type OptionTable } from './support/option-tables.js';
import { REPOSITORY } from './support/page.js';

const PAGE = 'docs/options.md';
const markdown = readFileSync(path.join(REPOSITORY, PAGE), 'utf8');

/** Interfaces of others, and what is made elsewhere. */
const NOT_OURS = ['TlsOptions'];
/** What has a default of its own although the interface demands it, or the other way round. */
const GIVEN_IN_PART = ['Limits', 'Retention', 'HttpPoolOptions'];

const tables = optionTables(markdown);
const declared = declaredOptions(tables);
const rowsOf = (table: OptionTable): readonly DeclaredOption[] =>
  (declared.get(table.name) ?? []).filter(({ name }) => !table.without.includes(name));
const tableOf = (name: string): OptionTable => {
  const table = tables.find((one) => one.name === name);
  if (!table) throw new Error(`${PAGE} has no table of ${name}`);
  return table;
};

/** What differs between a table and the interface it is of. */
function faultsOf(table: OptionTable, options: readonly DeclaredOption[]): string[] {
  const names = options.map(({ name }) => name);
  return [
    ...names.filter((name) => !table.defaults.has(name)).map((name) => `${table.name}.${name} is missing`),
    ...[...table.defaults.keys()]
      .filter((name) => !names.includes(name))
      .map((name) => `there is no ${table.name}.${name}`),
    ...options.flatMap(({ name, default: said }) => {
      if (!table.defaults.has(name)) return [];
      const written = numberIn(table.defaults.get(name));
      return said === undefined || said === written
        ? []
        : [`${table.name}.${name} is ${said} by default, not ${written}`];
    }),
  ];
}

describe(PAGE, () => {
  it.each(tables.map((table) => [table.name, table] as const))('has every option of %s, and no other', (_, table) => {
    expect(faultsOf(table, rowsOf(table))).toEqual([]);
  });

  it.each(tables.map((table) => [table.name, table] as const))('says of %s what has to be given', (name, table) => {
    if (GIVEN_IN_PART.includes(name)) return;
    const required = [...table.defaults].filter(([, standard]) => standard === 'required').map(([option]) => option);
    // A class with @PushStore() is the other way to give it.
    const mayBeLeftOut = name === 'PushModuleOptions' ? ['store'] : [];
    const demanded = rowsOf(table).filter(({ optional }) => !optional);
    expect(required.sort()).toEqual([...demanded.map((one) => one.name), ...mayBeLeftOut].sort());
  });

  it('has a table of whatever an option is made of', () => {
    const named = [...declared.values()].flat().flatMap(({ made }) => made);
    const known = [...tables.map(({ name }) => name), ...NOT_OURS];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
    expect(known).toEqual(
      expect.arrayContaining(['PushModuleOptions', 'TypeOrmStoreOptions', 'JwtTokensOptions', 'PushHttpOptions']),
    );
  });

  it('has the defaults that the code has', () => {
    const store = createMemoryStore();
    const { nest } = splitOptions({ store, rabbitmq: { url: 'amqp://localhost' } });
    const numbers: [string, object][] = [
      ['Limits', DEFAULT_LIMITS],
      ['Retention', DEFAULT_RETENTION],
      ['MqttOptions', resolveMqtt({})],
      ['RabbitSettings', resolveRabbit({ url: 'amqp://localhost' })],
      ['JwtTokensOptions', { maxTtl: MAX_TTL }],
      ['PushModuleOptions', { drainTimeoutMs: nest.drainTimeoutMs }],
    ];
    for (const [name, defaults] of numbers) {
      const expected = Object.entries(defaults).filter(([, value]) => typeof value === 'number');
      const written = expected.map(([option]) => [option, numberIn(tableOf(name).defaults.get(option))]);
      expect([name, written]).toEqual([name, expected]);
    }
    expect(tableOf('PushModuleOptions').defaults.get('defaultTenant')).toBe(`\`${nest.defaultTenant}\``);
    expect(tableOf('PushModuleOptions').defaults.get('ingress')).toBe(`\`${nest.ingress}\``);
    expect(tableOf('RabbitSettings').defaults.get('prefix')).toBe(`\`${resolveRabbit({ url: 'amqp://x' }).prefix}\``);
    expect(tableOf('RabbitSettings').defaults.get('startup')).toBe(`\`${resolveRabbit({ url: 'amqp://x' }).startup}\``);
  });

  it('would be caught with an option too few, one too many, or another default', () => {
    const [table] = optionTables(
      ['<!-- options: Limits of x.ts -->', '', '| option | type | default | is |', '| - | - | - | - |', '']
        .join('\n')
        .concat(['| `sweepMs` | `a \\| b` | `5` ms | … |', '| `speed` | `number` | `1` | … |', ''].join('\n')),
    );
    const options = (declared.get('Limits') ?? []).filter(({ name }) => name === 'sweepMs' || name === 'hotMs');
    expect(faultsOf(table as OptionTable, options)).toEqual([
      'Limits.hotMs is missing',
      'there is no Limits.speed',
      'Limits.sweepMs is 10000 by default, not 5',
    ]);
  });
});
