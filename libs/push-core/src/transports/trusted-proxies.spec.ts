import { isPushError } from '../errors.js';
import { resolveOptions } from '../options.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import { isProxyRange, readTrustedProxies } from './trusted-proxies.js';

it.each([
  ['loopback', ['127.0.0.1', '127.9.9.9', '::1'], ['10.0.0.1', '::2', '128.0.0.1']],
  [
    'private',
    [
      ...['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1', '100.64.0.1', '100.127.255.255', '169.254.1.1'],
      ...['127.0.0.1', '::1', 'fc00::1', 'fdff::1', 'fe80::1', 'febf::1'],
    ],
    ['172.32.0.1', '100.128.0.1', '192.169.0.1', '11.0.0.1', '8.8.8.8', 'fec0::1', '2001:db8::1', '::'],
  ],
  ['203.0.113.9', ['203.0.113.9'], ['203.0.113.8']],
  ['203.0.113.77/28', ['203.0.113.64', '203.0.113.79'], ['203.0.113.80']],
  ['2001:db8::1', ['2001:db8::1'], ['2001:db8::2']],
  ['2001:db8::/32', ['2001:db8:ffff::1'], ['2001:db9::1']],
  ['0.0.0.0/0', ['8.8.8.8'], ['2001:db8::1']],
])('%s trusts those it names and no others', (item, inside, outside) => {
  const trusts = readTrustedProxies([item]);
  expect(isProxyRange(item)).toBe(true);
  expect(inside.filter((address) => !trusts(address))).toEqual([]);
  expect(outside.filter((address) => trusts(address))).toEqual([]);
});

it('trusts nobody where none is listed, and whom any of several names', () => {
  expect(readTrustedProxies([])('127.0.0.1')).toBe(false);
  const trusts = readTrustedProxies(['loopback', '10.0.0.7', 'fd00::/8']);
  expect(['127.0.0.1', '10.0.0.7', 'fd00::1', '10.0.0.8'].map(trusts)).toEqual([true, true, true, false]);
});

it.each([
  ...['', 'proxy.example', 'Private', 'toString', '10.0.0.1:80', '[::1]', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/8/8'],
  ...['10.0.0.0/-1', '10.0.0.0/255.0.0.0', '::/129', 'fe80::1%eth0', ' 10.0.0.1', '10.1', '*'],
])('refuses %j, with its place and the remedy', (item) => {
  expect(isProxyRange(item)).toBe(false);
  const refused = () => resolveOptions({ store: createMemoryStore(), trustedProxies: ['private', item] });
  try {
    refused();
  } catch (error) {
    expect(isPushError(error) && [error.code, error.field]).toEqual(['INVALID', 'trustedProxies[1]']);
    expect(String(error)).toContain(`${JSON.stringify(item)}; give an IP address, a CIDR range such as 10.0.0.0/8`);
  }
  expect(refused).toThrow();
});
