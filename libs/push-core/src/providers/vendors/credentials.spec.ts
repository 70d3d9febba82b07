import { inspect } from 'node:util';
import { isPushError } from '../../errors.js';
import { bench, NAMES, VENDORS } from './vendor.fixture.js';

function complaint(work: () => unknown): { code: string; field?: string; message: string } {
  try {
    work();
  } catch (thrown) {
    if (isPushError(thrown)) return { code: thrown.code, field: thrown.field, message: thrown.message };
    throw thrown;
  }
  throw new Error('nothing was wrong');
}

describe('credentials', () => {
  it.each(NAMES)('of %s are taken as their fake gives them, and complete', async (name) => {
    const site = await bench(name);
    const parsed = VENDORS[name].parse(site.fake.credentials);
    expect(Object.isFrozen(parsed)).toBe(true);
    expect(parsed).toEqual(VENDORS[name].parse(parsed));
    await site.close();
  });

  it.each(NAMES)('of %s that are missing are named, with the remedy and without values', (name) => {
    const { code, field, message } = complaint(() => VENDORS[name].parse({ endpoint: 'https://secret.example' }));
    expect(code).toBe('INVALID');
    expect(message).toContain(`"${field}" is missing (`);
    expect(message).not.toContain('secret.example');
  });

  it.each(NAMES)('of %s are not to be seen on what holds them', async (name) => {
    const site = await bench(name);
    const { endpoint: _, ...secrets } = site.fake.credentials;
    const seen = inspect(site.provider, { depth: 2, showHidden: true }) + inspect(Object.values(site.provider));
    for (const field of ['clientSecret', 'appSecret', 'masterSecret', 'private_key']) {
      if (secrets[field]) expect(seen).not.toContain(secrets[field].slice(0, 40));
    }
    await site.close();
  });

  it('may be written in the words of the vendor’s file, numbers included', () => {
    expect(VENDORS.oppo.parse({ app_key: 7, master_secret: 's' })).toEqual(
      expect.objectContaining({ appKey: '7', masterSecret: 's' }),
    );
    expect(VENDORS.hms.parse({ appId: 104, appSecret: 's' })).toEqual(
      expect.objectContaining({ appId: '104', clientSecret: 's', categoryIm: 'IM' }),
    );
  });

  it.each([
    ['text', 'credentials'],
    [null, 'credentials'],
    [{ appId: '1', appSecret: 's', endpoint: 'ftp://x' }, 'endpoint'],
    [{ appId: '1', appSecret: 's', endpoint: 'nowhere' }, 'endpoint'],
    [{ appId: '1', appSecret: 's', endpoint: 'https://x/?a=b' }, 'endpoint'],
    [{ appId: '1', appSecret: { a: 1 } }, 'appSecret'],
    [{ appId: '1', appSecret: 'x'.repeat(9000) }, 'appSecret'],
  ])('%j are refused: %s', (given, field) => {
    expect(complaint(() => VENDORS.meizu.parse(given))).toEqual(expect.objectContaining({ code: 'INVALID', field }));
  });

  it('with a field that does not exist are refused', () => {
    const given = { appId: '1', appSecret: 's', authEndpoint: 'https://x' };
    expect(complaint(() => VENDORS.meizu.parse(given))).toEqual(
      expect.objectContaining({ code: 'UNKNOWN_FIELD', field: 'authEndpoint' }),
    );
  });

  it('of HarmonyOS need a key that is one', () => {
    const given = { projectId: '1', keyId: '1', subAccount: '1', privateKey: '-----BEGIN PRIVATE KEY-----\nsecret' };
    const { field, message } = complaint(() => VENDORS.harmony.parse(given));
    expect(field).toBe('privateKey');
    expect(message).not.toContain('secret');
  });
});

describe('a device’s token', () => {
  it.each(['t', 'CN_0a1b2c', 'MAAALgE4G98BAAAA-st_x==', 'a:b/c+d'])('%s is taken', (token) => {
    for (const name of NAMES) VENDORS[name].checkToken({ provider: name, token });
  });

  it.each(['', 'a,b', 'a b', 'a\nb', 'ü', 'x'.repeat(513)])('%j is refused', (token) => {
    for (const name of NAMES) {
      expect(complaint(() => VENDORS[name].checkToken({ provider: name, token })).field).toBe('token');
    }
  });

  it('is a text', () => {
    expect(complaint(() => VENDORS.vivo.checkToken({ provider: 'vivo', token: { a: 1 } })).field).toBe('token');
  });
});
