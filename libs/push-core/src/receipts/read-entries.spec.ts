import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PublishInput } from '../model/publish-input.js';
import { EngineBench } from '../online/engine.fixture.js';
import type { Push } from '../push.js';
import type { EntriesQuery } from './inbox.js';

describe('entries between two places', () => {
  let bench: EngineBench;
  let push: Push;
  const ids: string[] = [];

  const say = async (n: number, more: Partial<PublishInput> = {}) => {
    const input = { to: { users: ['ann'] }, type: 'chat.message', data: { n }, ...more };
    return ids.push((await bench.publish(push, input)).id);
  };
  const mine = (from: number, to: number, more: Partial<EntriesQuery> = {}) =>
    push.entries('t', { stream: '@me', user: 'ann', from, to, ...more });
  const seqs = async (entries: Promise<readonly { seq: number }[]>) => (await entries).map(({ seq }) => seq);

  beforeEach(async () => {
    bench = new EngineBench();
    push = await bench.engine();
    ids.length = 0;
  });
  afterEach(() => bench.close());

  it('are of the user’s own stream, both ends included, oldest first, as an inbox shows them', async () => {
    for (let n = 1; n <= 5; n++) await say(n, { thread: 'room' });
    expect(await seqs(mine(2, 4))).toEqual([2, 3, 4]);
    expect(await mine(3, 3)).toEqual([
      { seq: 3, id: ids[2], type: 'chat.message', thread: 'room', data: { n: 3 }, at: bench.clock.now() },
    ]);
    expect(await mine(2, 4)).toEqual((await push.inbox('t', 'ann', { after: 1, limit: 3 })).entries);
    expect(await seqs(mine(4, 90))).toEqual([4, 5]);
  });

  it('are of a topic, or of everybody’s stream, without a user', async () => {
    await say(1, { to: { topics: ['news'] } });
    await say(2, { to: { all: true } });
    expect(await push.entries('t', { stream: 'news', from: 1, to: 9 })).toMatchObject([{ seq: 1, data: { n: 1 } }]);
    expect(await push.entries('t', { stream: '@all', from: 1, to: 9 })).toMatchObject([{ seq: 1, data: { n: 2 } }]);
    expect(await push.entries('t', { stream: 'other', from: 1, to: 9 })).toEqual([]);
    expect(await push.entries('other', { stream: 'news', from: 1, to: 9 })).toEqual([]);
  });

  it('are without those recalled', async () => {
    for (let n = 1; n <= 3; n++) await say(n);
    await push.recall('t', ids[1] as string);
    expect(await seqs(mine(1, 3))).toEqual([1, 3]);
  });

  it('are of one thread where it is named, and none beyond the end', async () => {
    for (let n = 1; n <= 6; n++) await say(n, { thread: n % 2 === 0 ? 'even' : 'odd' });
    expect(await seqs(mine(1, 4, { thread: 'even' }))).toEqual([2, 4]);
  });

  it('are without what is not for the user or the device, where one is named', async () => {
    await say(1, { to: { topics: ['news'], except: { users: ['bob'] } } });
    await say(2, { to: { devices: [{ user: 'ann', device: 'phone' }] } });
    const news = (user?: string) => push.entries('t', { stream: 'news', user, from: 1, to: 1 });
    expect([await seqs(news()), await seqs(news('ann')), await seqs(news('bob'))]).toEqual([[1], [1], []]);
    expect(await seqs(mine(1, 1, { device: 'phone' }))).toEqual([1]);
    expect(await seqs(mine(1, 1, { device: 'tablet' }))).toEqual([]);
  });

  it.each([
    ['stream', { stream: '@bob' }],
    ['stream', { stream: undefined }],
    ['user', { user: undefined }],
    ['user', { user: 'a b' }],
    ['user', { stream: 'news', user: undefined, device: 'phone' }],
    ['device', { device: '' }],
    ['from', { from: 0 }],
    ['from', { from: undefined }],
    ['to', { to: 1.5 }],
    ['to', { from: 5, to: 4 }],
    ['to', { from: 1, to: 501 }],
    ['thread', { thread: '' }],
  ])('are refused with the field that is wrong: %s', async (field, wrong) => {
    const query = { stream: '@me', user: 'ann', from: 1, to: 2, ...wrong } as EntriesQuery;
    await expect(push.entries('t', query)).rejects.toMatchObject({ code: 'INVALID', field });
  });

  it('takes 500 at once, and a name of a tenant', async () => {
    await say(1);
    expect(await seqs(mine(1, 500))).toEqual([1]);
    await expect(push.entries('a b', { stream: 'x', from: 1, to: 1 })).rejects.toMatchObject({ field: 'tenant' });
  });
});
