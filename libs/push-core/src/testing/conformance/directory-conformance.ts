import type { PresenceMove } from '../../store/presence-store.js';
import type { StoreChapter } from './store-harness.js';
import { ODD_IDS, T0, TENANT } from './store-samples.js';

const LONG = T0 + 1_000_000_000;

const at = (node: string, user: string, device = 'd1', over: Partial<PresenceMove> = {}): PresenceMove => ({
  tenant: TENANT,
  user,
  device,
  connection: `${node} ${device}`,
  node,
  transport: 'websocket',
  online: true,
  at: T0,
  ...over,
});

export function directoryConformance({ runner: { describe, it, expect }, store, reopen }: StoreChapter): void {
  describe('directory', () => {
    const record = (...moves: PresenceMove[]) => store().presence.record(moves);
    const lease = async (...nodes: string[]) => {
      for (const node of nodes) await store().presence.lease(node, T0, LONG);
    };
    const holdersOf = async (users: readonly string[], now = T0, tenant = TENANT) => {
      const holders = await store().presence.holders(
        users.map((user) => ({ tenant, user })),
        now,
      );
      return holders.map((nodes) => [...nodes].sort());
    };

    it('names the nodes that hold a connection of a user, each once, also after a restart', async () => {
      await lease('n1', 'n2', 'n3');
      await record(at('n1', 'u', 'd1'), at('n2', 'u', 'd2'), at('n1', 'u', 'd3'), at('n3', 'v', 'd1'));
      await reopen();
      expect(await holdersOf(['u', 'v'])).toEqual([['n1', 'n2'], ['n3']]);
    });

    it('answers in the order asked, for users never seen and the same user twice too', async () => {
      await lease('n1', 'n2');
      await record(at('n1', 'u'), at('n2', 'v'));
      expect(await holdersOf(['v', 'never', 'u', 'v'])).toEqual([['n2'], [], ['n1'], ['n2']]);
      expect(await store().presence.holders([], T0)).toEqual([]);
    });

    it('knows a connection as soon as it is recorded, whoever asks', async () => {
      await lease('n1');
      for (let i = 0; i < 20; i++) {
        await record(at('n1', `u${i}`));
        expect(await holdersOf([`u${i}`])).toEqual([['n1']]);
      }
    });

    it('leaves out connections that ended', async () => {
      await lease('n1', 'n2');
      await record(at('n1', 'u', 'd1'), at('n2', 'u', 'd2'));
      await record(at('n1', 'u', 'd1', { online: false, at: T0 + 1 }));
      expect(await holdersOf(['u'], T0 + 2)).toEqual([['n2']]);
      await record(at('n2', 'u', 'd2', { online: false, connection: 'an older one' }));
      expect(await holdersOf(['u'], T0 + 2)).toEqual([['n2']]);
    });

    it('follows a device to another node: only the new one holds it', async () => {
      await lease('n1', 'n2');
      await record(at('n1', 'u'));
      await record(at('n2', 'u', 'd1', { at: T0 + 1 }));
      expect(await holdersOf(['u'])).toEqual([['n2']]);
      await record(at('n1', 'u', 'd1', { online: false, at: T0 + 2 }));
      expect(await holdersOf(['u'])).toEqual([['n2']]);
    });

    it('leaves out nodes whose lease has ended, that were released, or that never had one', async () => {
      await lease('n2', 'n3');
      await store().presence.lease('n1', T0, T0 + 10);
      await record(at('n1', 'u', 'd1'), at('n2', 'u', 'd2'), at('n3', 'u', 'd3'), at('n4', 'u', 'd4'));
      expect(await holdersOf(['u'], T0 + 9)).toEqual([['n1', 'n2', 'n3']]);
      expect(await holdersOf(['u'], T0 + 10)).toEqual([['n2', 'n3']]);
      await store().presence.release('n2');
      expect(await holdersOf(['u'], T0 + 10)).toEqual([['n3']]);
      await store().presence.lease('n1', T0 + 12, LONG);
      expect(await holdersOf(['u'], T0 + 13)).toEqual([['n1', 'n3']]);
    });

    it('counts a link that comes and goes until its time', async () => {
      await lease('n1', 'n2');
      await record(at('n1', 'u', 'd1', { onlineUntil: T0 + 10 }));
      await record(at('n2', 'u', 'd2', { online: true }));
      expect(await holdersOf(['u'], T0 + 9)).toEqual([['n1', 'n2']]);
      expect(await holdersOf(['u'], T0 + 10)).toEqual([['n2']]);
      await record(at('n1', 'u', 'd1', { online: false, onlineUntil: T0 + 30 }));
      expect(await holdersOf(['u'], T0 + 29)).toEqual([['n1', 'n2']]);
    });

    it('tells tenants and odd ids apart', async () => {
      await lease('n1', 'n2');
      await record(at('n1', 'u'), at('n2', 'u', 'd1', { tenant: 'other' }));
      expect([await holdersOf(['u']), await holdersOf(['u'], T0, 'other')]).toEqual([[['n1']], [['n2']]]);
      const both = [TENANT, 'other', 'third'].map((tenant) => ({ tenant, user: 'u' }));
      expect(await store().presence.holders(both, T0)).toEqual([['n1'], ['n2'], []]);
      await lease(...ODD_IDS);
      await record(...ODD_IDS.map((id) => at(id, id, id)));
      expect(await holdersOf(ODD_IDS)).toEqual(ODD_IDS.map((id) => [id]));
    });

    it('answers for ten thousand users', async () => {
      await lease('n0', 'n1', 'n2');
      const users = Array.from({ length: 10_000 }, (_, i) => `u${i}`);
      await record(...users.slice(0, 3000).map((user, i) => at(`n${i % 3}`, user)));
      const expected = users.map((_, i) => (i < 3000 ? [`n${i % 3}`] : []));
      expect(await holdersOf(users)).toEqual(expected);
    });
  });

  describe('time', () => {
    it('is the store’s own in Unix milliseconds and never goes back, or what it was given', async () => {
      const given = 12_345;
      let last = await store().time(given);
      for (let i = 0; i < 20; i++) {
        const next = await store().time(given);
        expect([Number.isSafeInteger(next), next >= last, next === given || next > T0]).toEqual([true, true, true]);
        last = next;
      }
    });
  });
}
