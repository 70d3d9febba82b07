import { joinDigests, type Decided } from './join-digests.js';
import type { Verdict } from './policy.js';

const SEND: Verdict = { kind: 'send', channels: ['fcm'], spread: 'first', messageClass: 'im', digest: false };
const MUTED: Verdict = { kind: 'suppress', reason: 'muted_thread' };
const one = (order: number, differences: Partial<Decided> = {}): Decided => ({
  verdict: SEND,
  to: 't ann phone',
  thread: 'room-7',
  order,
  ...differences,
});

describe('what was put off and comes up together', () => {
  it('is one notification a device and thread: the newest, whatever its place in the list', () => {
    const joined = joinDigests([one(3), one(9), one(5)]);
    expect(joined[1]).toEqual({ verdict: { ...SEND, digest: true }, covers: 3 });
    expect(joined.map(({ verdict }) => (verdict.kind === 'suppress' ? verdict.reason : verdict.kind))).toEqual([
      'digested',
      'send',
      'digested',
    ]);
  });

  it('keeps devices, threads and what has no thread apart', () => {
    const apart = [
      one(1),
      one(2, { to: 't ann tablet' }),
      one(3, { thread: 'room-8' }),
      one(4, { thread: undefined }),
      one(5, { thread: undefined }),
    ];
    expect(joinDigests(apart).map(({ verdict, covers }) => [verdict, covers])).toEqual(apart.map(() => [SEND, 1]));
  });

  it('gives none up for one that is not sent', () => {
    const joined = joinDigests([one(1), one(2), one(3, { verdict: MUTED })]);
    expect(joined[2]).toEqual({ verdict: MUTED, covers: 1 });
    expect(joined[1]).toMatchObject({ verdict: { kind: 'send', digest: true }, covers: 2 });
  });
});
