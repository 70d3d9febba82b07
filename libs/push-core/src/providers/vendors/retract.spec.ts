import type { Retraction } from '../../offline/composed.js';
import type { RetractRequest } from '../provider.js';
import { bench, request, type Bench, type VendorName } from './vendor.fixture.js';

function retraction(token: string, providerId?: string, changes: Partial<Retraction> = {}): RetractRequest {
  return {
    address: request(token).address,
    retraction: {
      id: 'r-1',
      notificationId: 'n-1',
      providerId,
      messageId: 'm1',
      collapseKey: 'room-7',
      thread: 'room-7',
      badge: 0,
      reason: 'read',
      ...changes,
    },
  };
}

async function providerIdOf(site: Bench, tokens: readonly string[]): Promise<(string | undefined)[]> {
  const results = await site.provider.send(tokens.map((token) => request(token)));
  return results.map((result) => (result.kind === 'accepted' ? result.providerId : undefined));
}

describe('taking back', () => {
  it.each(['hms', 'harmony'] as const)(
    '%s revokes by the number it was shown under, on this token alone',
    async (name) => {
      const site = await bench(name);
      const [id] = await providerIdOf(site, ['a', 'b']);
      expect(await site.provider.retract([retraction('a', id)])).toEqual([
        { kind: 'accepted', providerId: expect.any(String) },
      ]);
      expect(site.fake.revoked).toEqual([{ token: 'a', id: site.fake.shown[0]?.slot }]);
      await site.close();
    },
  );

  it('HarmonyOS cannot without the Client ID', async () => {
    const site = await bench('harmony');
    const { client_id: _, ...bare } = site.fake.credentials;
    Object.defineProperty(site.fake, 'credentials', { value: bare });
    expect(await site.withCredentials({}).retract([retraction('a', 'x')])).toEqual([undefined]);
    await site.close();
  });

  it('Xiaomi takes back what one device got', async () => {
    const site = await bench('xiaomi');
    const [id] = await providerIdOf(site, ['a']);
    expect(await site.provider.retract([retraction('a', id)])).toEqual([expect.objectContaining({ kind: 'accepted' })]);
    expect(site.fake.revoked).toEqual([{ id }]);
    await site.close();
  });

  it('Xiaomi is not told to take back from one what went to others in the same request', async () => {
    const site = await bench('xiaomi');
    const [id] = await providerIdOf(site, ['a', 'b']);
    expect(await site.provider.retract([retraction('a', id), retraction('a')])).toEqual([undefined, undefined]);
    expect(site.fake.revoked).toEqual([]);
    await site.close();
  });

  it('Honor’s app is told by data, and nothing is shown', async () => {
    const site = await bench('honor');
    expect(await site.provider.retract([retraction('a', 'x')])).toEqual([
      expect.objectContaining({ kind: 'accepted' }),
    ]);
    expect(site.fake.shown).toEqual([
      expect.objectContaining({ token: 'a', push: { retract: 'm1', thread: 'room-7', badge: 0, reason: 'read' } }),
    ]);
    expect(site.fake.shown[0]).not.toHaveProperty('title');
    await site.close();
  });

  it.each(['oppo', 'vivo', 'meizu'] as VendorName[])('%s cannot, and is not asked', async (name) => {
    const site = await bench(name);
    expect(await site.provider.retract([retraction('a', 'x'), retraction('b', 'y')])).toEqual([undefined, undefined]);
    expect(site.fake.requests).toHaveLength(0);
    await site.close();
  });

  it('with an access token that is refused renews it once', async () => {
    const site = await bench('hms');
    await providerIdOf(site, ['a']);
    site.fake.expireAccess();
    expect(await site.provider.retract([retraction('a', 'x')])).toEqual([
      expect.objectContaining({ kind: 'accepted' }),
    ]);
    await site.close();
  });
});
