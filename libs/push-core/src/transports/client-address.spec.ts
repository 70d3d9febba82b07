import { clientAddress, plainAddress } from './client-address.js';
import { readTrustedProxies } from './trusted-proxies.js';

const PROXY = '10.0.0.1';

function addressOf(peer: string | undefined, forwarded?: string | readonly string[], trusted = ['private']) {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return clientAddress({ headers, socket: { remoteAddress: peer } }, readTrustedProxies(trusted));
}

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8::9', '2001:db8::9'],
  ['fe80::9%eth0', 'fe80::9'],
  [undefined, undefined],
])('is the peer’s where no proxy is trusted, %s, whatever a header claims', (peer, expected) => {
  expect(addressOf(peer, '198.51.100.1', [])).toBe(expected);
});

it('is the peer’s where another one is trusted', () => {
  expect(addressOf('203.0.113.9', '198.51.100.1')).toBe('203.0.113.9');
  expect(addressOf('10.0.0.2', '198.51.100.1', [PROXY])).toBe('10.0.0.2');
});

it('is what a trusted peer saw, on a socket for both families too', () => {
  expect(addressOf(PROXY, '203.0.113.9')).toBe('203.0.113.9');
  expect(addressOf(`::ffff:${PROXY}`, '203.0.113.9')).toBe('203.0.113.9');
  expect(addressOf('fe80::1%eth0', '203.0.113.9')).toBe('203.0.113.9');
});

it.each([
  ['behind two proxies, the one the outer saw', '203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['never what a client claimed before', '198.51.100.1, 127.0.0.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
  ['over several lines that were kept apart', ['198.51.100.1', '203.0.113.9,10.0.0.2'], '203.0.113.9'],
  ['from inside, the furthest there is', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
])('is, %s', (_, forwarded, expected) => {
  expect(addressOf(PROXY, forwarded)).toBe(expected);
});

it.each([
  ['nothing', undefined, PROXY],
  ['nothing', '', PROXY],
  ['a word', 'unknown', PROXY],
  ['a name', '203.0.113.9, proxy.example', PROXY],
  ['an empty place', '203.0.113.9,', PROXY],
  ['another spelling of numbers', '0x7f000001', PROXY],
  ['half an address', '203.0.113', PROXY],
  ['a bracket too few', '[2001:db8::9', PROXY],
  ['a word behind another proxy', 'unknown, 10.0.0.2', '10.0.0.2'],
])('is the nearest proxy’s where that one wrote %s', (_, forwarded, expected) => {
  expect(addressOf(PROXY, forwarded)).toBe(expected);
});

it.each([
  ['203.0.113.9:5678', '203.0.113.9'],
  ['[2001:db8::9]:123', '2001:db8::9'],
  ['[2001:db8::9]', '2001:db8::9'],
  ['  2001:db8::9 ', '2001:db8::9'],
  ['2001:DB8:0:0::09', '2001:db8::9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::ffff:cb00:7109', '203.0.113.9'],
  ['fe80::9%25eth0, fd00::2', 'fe80::9'],
])('reads %s as %s', (forwarded, expected) => {
  expect(addressOf('fd00::1', forwarded)).toBe(expected);
});

it('looks at 32 hops and no more', () => {
  const inside = (count: number) => Array.from({ length: count }, () => '10.0.0.2').join(',');
  expect(addressOf(PROXY, `203.0.113.9,${inside(31)}`)).toBe('203.0.113.9');
  expect(addressOf(PROXY, `203.0.113.9,${inside(32)}`)).toBe('10.0.0.2');
});

it.each([
  ['many places', ','.repeat(1e6)],
  ['many hops', '10.0.0.2,'.repeat(1e5) + '10.0.0.2'],
  ['one long place', '1.'.repeat(5e5)],
  ['one long bracket', `[${':'.repeat(1e6)}`],
  ['much white space', `1${' '.repeat(1e6)}1`],
])('is found at once in a hostile header: %s', (_, forwarded) => {
  const begin = performance.now();
  expect(addressOf(PROXY, forwarded)).toMatch(/^10\.0\.0\.[12]$/);
  expect(performance.now() - begin).toBeLessThan(500);
});

it('leaves an address in IPv6 spelling that carries none of IPv4', () => {
  expect(plainAddress('::ffff:1')).toBe('::ffff:1');
});
