import type { Position } from 'push-core/wire';
import { deferred } from '../deferred.js';
import type { PushClientError } from '../errors.js';
import { ManualClock, settled } from '../testing/manual-clock.js';
import { CursorKeeper } from './cursor-keeper.js';
import type { CursorStorage } from './cursor-storage.js';

function setUp(storage: Partial<CursorStorage>) {
  const reports: PushClientError[] = [];
  const clock = new ManualClock();
  const whole: CursorStorage = {
    load: () => Promise.resolve({}),
    save: () => Promise.resolve(),
    forget: () => Promise.resolve(),
    ...storage,
  };
  return { clock, reports, keeper: new CursorKeeper(whole, clock, (error) => reports.push(error)) };
}

const at = (seq: number): Position => ({ epoch: 'e1', seq });

describe('cursor keeper', () => {
  it('ignores and reports malformed values, and keeps the good ones', async () => {
    const stored = {
      '@me': at(7),
      a: 'x',
      b: { epoch: 'e1' },
      c: { epoch: '', seq: 1 },
      d: at(-1),
      e: at(1.5),
      f: null,
    };
    const { keeper, reports } = setUp({ load: () => Promise.resolve(stored) });
    expect([...(await keeper.load())]).toEqual([['@me', at(7)]]);
    expect(reports.map(({ code }) => code)).toEqual(Array(6).fill('CLIENT_BAD_CURSOR'));
  });

  it('reports a storage that fails, by throwing too, and never rejects', async () => {
    const { keeper, reports } = setUp({
      load: () => Promise.reject(new Error('load')),
      save: () => {
        throw new Error('save');
      },
    });
    expect((await keeper.load()).size).toBe(0);
    await keeper.save('@me', at(1));
    expect(reports.map(({ code, cause }) => [code, (cause as Error).message])).toEqual([
      ['CLIENT_STORAGE_FAILED', 'load'],
      ['CLIENT_STORAGE_FAILED', 'save'],
    ]);
  });

  it('does not wait for a hanging storage for ever', async () => {
    const { keeper, reports, clock } = setUp({ save: () => new Promise(() => undefined) });
    const saved = jest.fn();
    void keeper.save('@me', at(1)).then(saved);
    await clock.advance(4_999);
    expect(saved).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(saved).toHaveBeenCalled();
    expect(reports).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('keeps the calls of one stream in order, so that a late save does not revive a forgotten cursor', async () => {
    const calls: string[] = [];
    const slow = deferred<void>();
    const { keeper } = setUp({
      save: async (stream) => {
        await (stream === 'news' ? slow.promise : undefined);
        calls.push(`save ${stream}`);
      },
      forget: async (stream) => void calls.push(`forget ${stream}`),
    });
    const all = [keeper.save('news', at(1)), keeper.forget('news'), keeper.save('@me', at(1))];
    await settled();
    expect(calls).toEqual(['save @me']);
    slow.resolve();
    await Promise.all(all);
    expect(calls).toEqual(['save @me', 'save news', 'forget news']);
  });
});
