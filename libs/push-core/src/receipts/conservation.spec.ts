import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PublishInput } from '../model/publish-input.js';
import { noHttp, ScriptedProvider } from '../offline/scripted-provider.fixture.js';
import { EngineBench } from '../online/engine.fixture.js';
import type { Push } from '../push.js';
import { createMemoryStore } from '../store/memory/memory-store.js';
import type { Store } from '../store/store.js';
import { ConservationAudit, type Conservation } from './conservation-audit.js';

const EVERYTHING = { perSecond: 1000, everyMs: 1, windowMs: 24 * 3600_000 };
const sum = ({ accepted: _accepted, lost: _lost, ...fates }: Conservation): number =>
  Object.values(fates).reduce((all, one) => all + one, 0);

describe('what was accepted', () => {
  let bench: EngineBench;
  let store: Store;
  let push: Push;
  let fcm: ScriptedProvider;
  let audit: ConservationAudit;

  beforeEach(async () => {
    bench = new EngineBench();
    store = createMemoryStore({ epoch: 'e1' });
    fcm = new ScriptedProvider();
    push = await bench.engine({
      store,
      offline: { providers: [fcm], http: noHttp, maxAttempts: 1 },
      random: () => 0.5,
      limits: { fanOutPage: 3 },
    });
    await push.notifications.putProvider('t', 'fcm', { project: 'p' });
    audit = new ConservationAudit(push, store, EVERYTHING);
  });
  afterEach(async () => {
    audit.close();
    await bench.close();
  });

  const send = async (users: string[], more: Partial<PublishInput> = {}): Promise<string> =>
    (await bench.publish(push, { to: { users }, type: 'x', data: { n: 1 }, ...more })).id;
  const phone = (user: string) =>
    push.putDevice(
      { tenant: 't', user, device: 'p' },
      { platform: 'android', tokens: [{ provider: 'fcm', token: user }] },
    );
  const note = { notification: { title: 'Ann', body: 'Hi' } };
  /** Two looks, as an entry has to be missing at both. */
  const look = async (): Promise<Conservation> => {
    await bench.clock.advance(1000);
    await audit.look();
    await bench.clock.advance(1000);
    return audit.look();
  };

  async function aBusyHour(): Promise<void> {
    // Each list is one entry a user; the topic's message is one.
    const link = await bench.connect(push, { device: 'd1' });
    await send(['u1', 'away']);
    await link.say({ op: 'ack', s: '@me', seq: 1 });
    await phone('notified');
    await phone('refused');
    fcm.otherwise = ({ address }) =>
      address.user === 'refused' ? { kind: 'transient', reason: 'busy' } : { kind: 'accepted' };
    await send(['notified', 'refused', 'nobody'], note);
    await send(['away'], { options: { ttl: 60 } });
    const regretted = await send(['away', 'u1']);
    await push.recall('t', regretted);
    await bench.publish(push, { to: { topics: ['news'] }, type: 'x' });
    // A long audience: work, done page by page.
    await send(['l1', 'l2', 'l3', 'l4', 'l5']);
    await bench.clock.advance(120_000);
  }

  it('is delivered, notified, recalled, expired, dead or pending: every entry, once', async () => {
    await aBusyHour();
    const tally = await look();
    expect(tally).toEqual({
      accepted: 14,
      delivered: 1,
      notified: 1,
      dead: 1,
      recalled: 2,
      expired: 1,
      erased: 0,
      // Of the first list `away`, of the second `nobody`, the topic's, five of the long list.
      pending: 8,
      lost: 0,
    });
    expect(sum(tally)).toBe(tally.accepted);
    expect(audit.violations).toBe(0);
  });

  it('is whole while a long audience is still being spread', async () => {
    store.jobs.claim = async () => [];
    await send(['l1', 'l2', 'l3', 'l4', 'l5']);
    expect(await look()).toMatchObject({ accepted: 5, pending: 5, lost: 0 });
  });

  it('is whole when retention removes it before it was delivered', async () => {
    await send(['away']);
    await look();
    await store.messages.trim({ acceptedBefore: Infinity, keepPerStream: 0, limit: 1000, now: bench.clock.now() });
    expect(await store.messages.read([{ tenant: 't', stream: '@away', after: 0, limit: 9 }])).toMatchObject([
      { entries: [] },
    ]);
    expect(await look()).toMatchObject({ accepted: 1, expired: 1, lost: 0 });
  });

  describe('and lost, shows as lost', () => {
    it.each<[string, (store: Store) => void]>([
      [
        'by a store that says "stored" and keeps nothing',
        ({ messages }) => {
          messages.append = async (requests) =>
            requests.map(({ targets }) => ({
              kind: 'stored',
              places: targets.map(({ stream }) => ({ stream, epoch: 'e1', seq: 1 })),
            }));
        },
      ],
      [
        'by a store that forgets an entry of two',
        ({ messages }) => {
          const append = messages.append.bind(messages);
          messages.append = async (requests) => {
            await append(requests.map((one) => ({ ...one, targets: one.targets.slice(0, 1) })));
            return requests.map(({ targets }) => ({
              kind: 'stored',
              places: targets.map(({ stream }) => ({ stream, epoch: 'e1', seq: 1 })),
            }));
          };
        },
      ],
    ])('%s', async (_, sabotage) => {
      sabotage(store);
      await send(['ann', 'bob']);
      const tally = await look();
      expect(tally.lost).toBeGreaterThan(0);
      expect(sum(tally)).toBe(tally.accepted - tally.lost);
      expect(audit.violations).toBe(tally.lost);
      await look();
      expect(audit.violations).toBe(tally.lost);
    });

    it('not at the first look, for that may have come in between', async () => {
      store.messages.findAll = async (refs) => refs.map(() => undefined);
      store.messages.read = async (asked) => asked.map(() => ({ epoch: 'e1', head: 0, first: 1, entries: [] }));
      await send(['ann']);
      expect(await audit.look()).toMatchObject({ accepted: 1, lost: 1 });
      expect(audit.violations).toBe(0);
    });
  });

  it('is looked for no longer when it has come to its end, or is older than the window', async () => {
    const short = new ConservationAudit(push, store, { ...EVERYTHING, windowMs: 10_000 });
    const link = await bench.connect(push, { device: 'd1' });
    await send(['u1']);
    await link.say({ op: 'ack', s: '@me', seq: 1 });
    await bench.clock.advance(2000);
    expect(await short.look()).toMatchObject({ accepted: 1, delivered: 1 });
    let asked = 0;
    const { findAll } = store.messages;
    store.messages.findAll = async (refs) => {
      asked += refs.length;
      return findAll.call(store.messages, refs);
    };
    await bench.clock.advance(2000);
    expect(await short.look()).toMatchObject({ accepted: 1, delivered: 1 });
    expect(asked).toBe(0);
    await bench.clock.advance(10_000);
    expect(await short.look()).toMatchObject({ accepted: 0, delivered: 0 });
    short.close();
  });

  it('is followed for a sample only, and one look serves all who ask together', async () => {
    const sample = new ConservationAudit(push, store, { perSecond: 2, everyMs: 5000 });
    for (let n = 0; n < 5; n++) await send(['ann']);
    expect(await sample.look()).toMatchObject({ accepted: 2, pending: 2 });
    await send(['bob']);
    expect(await sample.look()).toMatchObject({ accepted: 2 });
    sample.close();
  });
});
