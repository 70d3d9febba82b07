import { describe, expect, it } from '@jest/globals';
import type { Hint } from 'push-core';
import { decodeBundle } from './hint-codec.js';
import { HintOutbox, type HintAddress } from './hint-outbox.js';
import type { Publication, PublishOutcome } from './publisher.js';

const ALL: HintAddress = { exchange: 'all', key: '' };
const NODE: HintAddress = { exchange: 'node', key: 'n1' };
const head = (n: number, stream = 'news'): Hint => ({ kind: 'head', tenant: 't', stream, head: n });
const long = (n: number, length: number): Hint => head(n, 'x'.repeat(length));

/** A way with so many places; each is free again when its publication is answered. */
class TestWay {
  readonly published: Publication[] = [];
  readonly answers: ((outcome: PublishOutcome) => void)[] = [];
  open = true;
  constructor(public places = Infinity) {}
  isOpen = (): boolean => this.open;
  hasPlace = (): boolean => this.places >= 1;
  tryPublish = (publication: Publication): Promise<PublishOutcome> | undefined => {
    if (this.places < 1) return undefined;
    this.places--;
    this.published.push(publication);
    return new Promise((resolve) => this.answers.push(resolve));
  };
  hintsIn(at: number): readonly Hint[] {
    return decodeBundle(this.published[at]?.body ?? Buffer.alloc(0)).hints;
  }
}
const outboxOn = (way: TestWay, lingerMs = 1_000): HintOutbox => new HintOutbox(way, lingerMs, 'me');

describe('the outbox of hints', () => {
  it('sends what goes to one destination within the linger as one message', () => {
    const way = new TestWay();
    const outbox = outboxOn(way);
    outbox.add(NODE, [head(1), head(2)]);
    outbox.add(ALL, [head(3)]);
    outbox.add(NODE, [head(4)]);
    expect(way.published).toEqual([]);
    outbox.flush();
    expect(way.published.map(({ exchange, key }) => [exchange, key])).toEqual([
      ['node', 'n1'],
      ['all', ''],
    ]);
    expect([way.hintsIn(0), way.hintsIn(1)]).toEqual([[head(1), head(2), head(4)], [head(3)]]);
  });

  it('flushes by itself when the linger is over', async () => {
    const way = new TestWay();
    const outbox = outboxOn(way, 1);
    const published = new Promise<void>((resolve) => {
      const { tryPublish } = way;
      way.tryPublish = (publication) => {
        resolve();
        return tryPublish(publication);
      };
    });
    outbox.add(NODE, [head(1)]);
    await published;
    expect(way.hintsIn(0)).toEqual([head(1)]);
    outbox.clear();
  });

  it('splits what is too much for one message', () => {
    const way = new TestWay();
    const outbox = outboxOn(way);
    const hints = Array.from({ length: 300 }, (_, i) => long(i, 1_000));
    outbox.add(NODE, hints);
    outbox.flush();
    expect(way.published.length).toBeGreaterThan(4);
    for (const { body } of way.published) expect(body.length).toBeLessThan(70_000);
    expect(way.published.flatMap((_, at) => way.hintsIn(at))).toEqual(hints);
  });

  it('sends one long hint alone, and one beyond all measure not at all', () => {
    const way = new TestWay();
    const outbox = outboxOn(way);
    outbox.add(NODE, [long(1, 500_000), head(2), long(3, 2_000_000)]);
    outbox.flush();
    expect(way.published.map((_, at) => way.hintsIn(at).length)).toEqual([1, 1]);
    expect([outbox.sent, outbox.dropped]).toEqual([2, 1]);
  });

  it('drops what comes while there is no connection, and what waits when it is lost', () => {
    const way = new TestWay();
    const outbox = outboxOn(way);
    outbox.add(NODE, [head(1)]);
    outbox.clear();
    way.open = false;
    outbox.add(NODE, [head(2), head(3)]);
    outbox.flush();
    expect([way.published.length, outbox.dropped]).toEqual([0, 3]);
  });

  it('keeps one message for each destination while the window is full, and drops the rest', () => {
    const way = new TestWay(0);
    const outbox = outboxOn(way);
    for (let i = 0; i < 1_000; i++) outbox.add(NODE, [long(i, 1_000)]);
    outbox.add(ALL, [head(1)]);
    expect(outbox.dropped).toBeGreaterThan(900);
    way.places = 10;
    outbox.flush();
    expect(way.published.length).toBe(2);
    expect(way.hintsIn(0).length + outbox.dropped).toBe(1_000);
    expect(way.hintsIn(0)[0]).toEqual(long(0, 1_000));
  });

  it('is bounded over all destinations', () => {
    const way = new TestWay(0);
    const outbox = outboxOn(way);
    for (let i = 0; i < 1_000; i++) outbox.add({ exchange: 'node', key: `n${i}` }, [long(i, 60_000)]);
    way.places = Infinity;
    outbox.flush();
    const kept = way.published.reduce((bytes, { body }) => bytes + body.length, 0);
    expect(kept).toBeLessThan(9 * 1024 * 1024);
    expect(way.published.length + outbox.dropped).toBe(1_000);
  });

  it('counts as dropped what was not confirmed, and is settled when all is answered', async () => {
    const way = new TestWay();
    const outbox = outboxOn(way);
    outbox.add(NODE, [head(1), head(2)]);
    outbox.flush();
    outbox.add(NODE, [head(3)]);
    outbox.flush();
    const settled = outbox.settled();
    way.answers[0]?.('lost');
    way.answers[1]?.('confirmed');
    await settled;
    expect([outbox.sent, outbox.dropped, outbox.messages]).toEqual([3, 2, 2]);
  });
});
