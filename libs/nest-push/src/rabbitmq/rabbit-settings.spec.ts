import { describe, expect, it } from '@jest/globals';
import { isPushError } from 'push-core';
import { inspect } from 'node:util';
import { brokerAddresses } from './broker-address.js';
import { createRabbit, type RabbitSettings } from './index.js';
import { resolveSettings } from './rabbit-settings.js';

const URL = 'amqp://ann:s%2Fecret@broker.example:5673/a%2Fb';

const refusal = (settings: Partial<Record<keyof RabbitSettings, unknown>>): { field?: string; text: string } => {
  try {
    createRabbit({ url: URL, ...settings } as unknown as RabbitSettings);
  } catch (error) {
    if (isPushError(error)) return { field: error.field, text: `${error.code} ${error.message} ${inspect(error)}` };
  }
  return { text: 'was taken' };
};

describe('settings of the broker', () => {
  it('have defaults', () => {
    expect(resolveSettings({ url: URL })).toEqual({
      prefix: 'push.',
      startup: 'degraded',
      startupTimeoutMs: 30_000,
      heartbeatSeconds: 5,
      window: 256,
      confirmTimeoutMs: 5_000,
      hintLingerMs: 2,
    });
  });

  it('read user, password, place and virtual host out of the url', () => {
    const [address] = brokerAddresses(URL);
    expect(address?.options).toEqual({
      ...{ protocol: 'amqp', hostname: 'broker.example', port: 5673 },
      ...{ username: 'ann', password: 's/ecret', vhost: 'a%2Fb' },
    });
    expect(address?.name).toBe('amqp://ann@broker.example:5673/a%2Fb');
  });

  it('know the ports and the guest of RabbitMQ', () => {
    const of = (url: string) => brokerAddresses(url)[0]?.options;
    expect(of('amqp://localhost')).toMatchObject({ port: 5672, username: 'guest', password: 'guest', vhost: '' });
    expect(of('amqps://u:p@[::1]/')).toMatchObject({ protocol: 'amqps', hostname: '::1', port: 5671 });
  });

  it('take several nodes of a cluster, and a comma in a password', () => {
    const addresses = brokerAddresses('amqp://a:1,2@one, amqps://b:3@two:1234/v');
    expect(addresses.map(({ name }) => name)).toEqual(['amqp://a@one:5672/', 'amqps://b@two:1234/v']);
    expect(addresses[0]?.options.password).toBe('1,2');
  });

  it.each<[keyof RabbitSettings, unknown]>([
    ['url', 'http://ann:s%2Fecret@host'],
    ['url', 'amqp://ann:s%2Fecret@host:port'],
    ['url', 'amqp://ann:s%2Fecret%zz@host'],
    ['url', undefined],
    ['prefix', 'a b'],
    ['prefix', 'amq.'],
    ['prefix', 'x'.repeat(65)],
    ['startup', 'sometimes'],
    ['startupTimeoutMs', 0],
    ['heartbeatSeconds', 0],
    ['heartbeatSeconds', 61],
    ['window', 0],
    ['window', 2.5],
    ['confirmTimeoutMs', NaN],
    ['hintLingerMs', -1],
    ['hintLingerMs', '2'],
  ])('refuse a wrong %s (%p) by its name, without the password', (field, value) => {
    const refused = refusal({ [field]: value });
    expect(refused.field).toBe(field);
    expect(refused.text).toMatch(/^INVALID "/);
    expect(refused.text).not.toMatch(/ecret/);
  });

  it('are not to be read off what was made of them', () => {
    expect(inspect(createRabbit({ url: URL }), { depth: 9, showHidden: true })).not.toMatch(/ecret/);
  });
});
