import { resumePoints } from './resume.js';

describe('resume points', () => {
  it('name positions, and the oldest entry for streams without one', () => {
    const points = resumePoints([['@me', { epoch: 'e1', seq: 41 }]], ['@me', 'news']);
    expect(points).toEqual({ '@me': { epoch: 'e1', seq: 41 }, news: 'start' });
  });

  it('are absent where there is nothing to say', () => expect(resumePoints([], [])).toBeUndefined());

  it('stay within a frame the server accepts, the first ones kept', () => {
    const many = Array.from({ length: 2_000 }, (_, n): [string, { epoch: string; seq: number }] => [
      `topic-${'é'.repeat(50)}-${n}`,
      { epoch: 'e1', seq: n },
    ]);
    const points = resumePoints([['@me', { epoch: 'e1', seq: 1 }], ...many], []);
    expect(Buffer.byteLength(JSON.stringify(points))).toBeLessThan(24 * 1024);
    expect(points).toHaveProperty('@me');
  });

  it('carry a stream of any name', () => {
    const points = resumePoints([['__proto__', { epoch: 'e1', seq: 1 }]], []);
    expect(JSON.stringify(points)).toBe('{"__proto__":{"epoch":"e1","seq":1}}');
  });
});
