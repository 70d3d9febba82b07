import type { HotEntry } from './hot-entry.js';
import { HotRing } from './hot-ring.js';

const entry = (seq: number, more: Partial<HotEntry> = {}): HotEntry => ({
  seq,
  expiresAt: 1e15,
  tail: `,"id":"${seq}"}`,
  at: seq,
  ...more,
});
const ring = (...seqs: number[]) => {
  const made = new HotRing('{"seq":');
  for (const seq of seqs) made.push(entry(seq));
  return made;
};

test('followers that are owed the same run get the same frame', () => {
  const hot = ring(5, 6, 7);
  const first = hot.frame(5, 3, 1e6, 0, true);
  expect(first?.frame.text).toBe('{"seq":5,"id":"5"}\n{"seq":6,"id":"6"}\n{"seq":7,"id":"7"}');
  expect(first?.to).toBe(7);
  expect(hot.frame(5, 3, 1e6, 0, true)?.frame).toBe(first?.frame);
});

test('a frame nobody shares is not held', () => {
  const hot = ring(5);
  const first = hot.frame(5, 1, 1e6, 0, false);
  expect(first?.frame.text).toBe('{"seq":5,"id":"5"}');
  expect(hot.frame(5, 1, 1e6, 0, false)?.frame).not.toBe(first?.frame);
});

test('large frames are held up to half a megabyte beside the newest', () => {
  const hot = new HotRing('');
  for (let seq = 1; seq <= 20; seq++) hot.push(entry(seq, { tail: 'x'.repeat(100_000) }));
  const [oldest] = Array.from({ length: 10 }, (_, at) => hot.frame(at + 1, 1, 1, 0, true));
  expect(hot.frame(10, 1, 1, 0, true)).toBe(hot.frame(10, 1, 1, 0, true));
  expect(hot.frame(1, 1, 1, 0, true)).not.toBe(oldest);
});

test('a frame ends where it has its bytes', () => {
  expect(ring(1, 2, 3, 4).frame(1, 4, 15, 0, true)?.to).toBe(2);
});

test('no frame is shared once an entry of it has expired, or is not for everyone', () => {
  const hot = ring(1);
  hot.push(entry(2, { expiresAt: 100 }));
  expect(hot.frame(1, 2, 1e6, 99, true)).toBeDefined();
  expect(hot.frame(1, 2, 1e6, 100, true)).toBeUndefined();
  hot.push(entry(3, { filter: { only: ['d1'] } }));
  expect(hot.frame(1, 3, 1e6, 0, true)).toBeUndefined();
});

test('it holds a contiguous run and forgets from the old end', () => {
  const hot = ring(1, 2, 3, 4, 5);
  hot.dropThrough(2);
  expect([2, 3, 5, 6].map((seq) => hot.has(seq))).toEqual([false, true, true, false]);
  hot.dropStale(5, 10);
  expect(hot.has(4)).toBe(false);
  expect(hot.run(5, 9, 1e6).map((one) => one.seq)).toEqual([5]);
  hot.dropStale(-Infinity, 0);
  expect(hot.length).toBe(0);
  expect(hot.size).toBe(0);
});
