import { describe, expect, it } from '@jest/globals';
import { isPushError } from '../../errors.js';
import { createEgressGuard } from './egress-guard.js';
import { isPublic } from './public-address.js';

const PUBLIC = '93.184.216.34';
const resolving = (...addresses: string[]) => ({ resolve: async () => addresses });

describe.each([
  ['http://push.example.org/x', 'not_https'],
  ['ftp://push.example.org/x', 'not_a_url'],
  ['push.example.org', 'not_a_url'],
  ['https://', 'not_a_url'],
  ['https://push.example.org:8443/x', 'port'],
  ['https://user@push.example.org/x', 'userinfo'],
  ['https://user:secret@push.example.org/x', 'userinfo'],
  ['https://@push.example.org/x', 'userinfo'],
  ['https://push.example.org\\@10.0.0.1/x', 'spelling'],
  ['https://push.exa\tmple.org/x', 'spelling'],
  ['https://push.example.org/\nx', 'spelling'],
  ['https://127.1/x', 'spelling'],
  ['https://0x7f000001/x', 'spelling'],
  ['https://2130706433/x', 'spelling'],
  ['https://0177.0.0.1/x', 'spelling'],
  ['https://10.0.0.1./x', 'spelling'],
  ['https://ⓛocalhost/x', 'spelling'],
  ['https://push.example.org%2e/x', 'spelling'],
  ['https://127.0.0.1/x', 'not_public'],
  ['https://0.0.0.0/x', 'not_public'],
  ['https://10.1.2.3/x', 'not_public'],
  ['https://169.254.169.254/latest/meta-data', 'not_public'],
  ['https://100.64.0.1/x', 'not_public'],
  ['https://[::1]/x', 'not_public'],
  ['https://[::]/x', 'not_public'],
  ['https://[::ffff:a00:1]/x', 'not_public'],
  ['https://[::ffff:10.0.0.1]/x', 'spelling'],
  ['https://[fd00::1]/x', 'not_public'],
  ['https://[fe80::1]/x', 'not_public'],
  ['https://localhost/x', 'internal_name'],
  ['https://metadata/x', 'internal_name'],
  ['https://metadata.google.internal/x', 'internal_name'],
  ['https://printer.local/x', 'internal_name'],
  ['https://push.example.org./x', 'internal_name'],
])('%j', (url, reason) => {
  it(`is refused: ${reason}`, async () => {
    expect(await createEgressGuard(resolving(PUBLIC)).judge(url)).toEqual({ kind: 'refused', reason });
  });
});

it.each([
  '127.0.0.1',
  '0.1.2.3',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '169.254.169.254',
  '100.127.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:808:808::1',
  '3fff::1',
  'fc00::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'nonsense',
])('%s is not public', (address) => {
  expect(isPublic(address)).toBe(false);
});

it.each(['8.8.8.8', '93.184.216.34', '2606:4700::1111', '2a00:1450:4001:82b::200e'])('%s is public', (address) => {
  expect(isPublic(address)).toBe(true);
});

describe('the addresses behind a name', () => {
  it('are named in the verdict, for nothing else may be connected to', async () => {
    expect(
      await createEgressGuard(resolving(PUBLIC, '2606:4700::1111')).judge('https://push.example.org/a'),
    ).toMatchObject({
      kind: 'admitted',
      addresses: [PUBLIC, '2606:4700::1111'],
    });
  });

  it('are all looked at: one that is private spoils the others', async () => {
    expect(await createEgressGuard(resolving(PUBLIC, '10.0.0.1')).judge('https://push.example.org/')).toEqual({
      kind: 'refused',
      reason: 'not_public',
    });
  });

  it('are looked at each time', async () => {
    const answers = [[PUBLIC], ['169.254.169.254']];
    const guard = createEgressGuard({ resolve: async () => answers.shift() ?? [] });
    expect(await guard.judge('https://push.example.org/')).toMatchObject({ kind: 'admitted' });
    expect(await guard.judge('https://push.example.org/')).toMatchObject({ kind: 'refused' });
  });

  it('may be missing for now', async () => {
    const guard = createEgressGuard({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await guard.judge('https://push.example.org/')).toEqual({ kind: 'unresolved', reason: 'unknown_host' });
  });
});

describe('what the operator allows', () => {
  it('admits one host on one port, over http too', async () => {
    const guard = createEgressGuard({
      allow: ['gateway.lan:8080', '[::1]:9000', 'localhost:443'],
      ...resolving('10.0.0.1'),
    });
    expect(await guard.judge('http://gateway.lan:8080/x')).toMatchObject({ kind: 'admitted' });
    expect(await guard.judge('https://gateway.lan:8080/x')).toMatchObject({ kind: 'admitted' });
    expect(await guard.judge('http://[::1]:9000/x')).toMatchObject({ kind: 'admitted', addresses: ['::1'] });
    expect(await guard.judge('https://localhost/x')).toMatchObject({ kind: 'admitted' });
    expect(await guard.judge('http://gateway.lan:8081/x')).toEqual({ kind: 'refused', reason: 'not_https' });
    expect(await guard.judge('https://other.example.org/x')).toEqual({ kind: 'refused', reason: 'not_public' });
  });

  it('admits a range of addresses on any port, and nothing beside it', async () => {
    const guard = createEgressGuard({ allow: ['10.1.0.0/16', 'fd00::/8'], ...resolving('10.1.2.3') });
    expect(await guard.judge('http://push.example.org:8080/x')).toMatchObject({ kind: 'admitted' });
    expect(await guard.judge('https://push.example.org/x')).toMatchObject({ kind: 'admitted' });
    expect(await guard.judge('http://[fd00::1]:81/x')).toMatchObject({ kind: 'admitted' });
    expect(await guard.judge('http://10.2.0.1/x')).toEqual({ kind: 'refused', reason: 'not_https' });
    const mixed = createEgressGuard({ allow: ['10.1.0.0/16'], ...resolving('10.1.2.3', PUBLIC) });
    expect(await mixed.judge('http://push.example.org/x')).toEqual({ kind: 'refused', reason: 'not_https' });
    expect(await mixed.judge('https://push.example.org/x')).toMatchObject({ kind: 'admitted' });
  });

  it.each(['gateway.lan', 'http://gateway.lan:80', 'a:b', '10.1.0.0/33', 'user@host:80', 'host:80/path', ''])(
    'is not said like this: %j',
    (entry) => {
      try {
        createEgressGuard({ allow: [entry] });
        throw new Error('taken');
      } catch (error) {
        expect(isPushError(error) && [error.code, error.field]).toEqual(['INVALID', 'allow[0]']);
      }
    },
  );
});
