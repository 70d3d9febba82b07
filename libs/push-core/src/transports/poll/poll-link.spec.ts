import { CLOSE } from '../../close-reasons.js';
import type { PushError } from '../../errors.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { decodeCursor, encodeCursor } from '../cursor/cursor.js';
import { connected, frame, push } from '../http/stage.fixture.js';
import { PollLink } from './poll-link.js';

interface Answer {
  entries: { seq: number; s: string }[];
  cursor: string;
  recovery: string;
  events?: { op: string }[];
}

class Poll {
  readonly clock = new ManualClock();
  readonly answers: Answer[] = [];
  readonly refused: PushError[] = [];
  readonly told: string[] = [];
  readonly link: PollLink;

  constructor({ after, waitMs = 25_000, limit = 256 }: { after?: string; waitMs?: number; limit?: number } = {}) {
    this.link = new PollLink({
      after,
      told: after === undefined ? new Set() : decodeCursor(after, 'after').notices,
      waitMs,
      limit,
      clock: this.clock,
      answer: (json) => this.answers.push(JSON.parse(json) as Answer),
      refuse: (error) => this.refused.push(error),
    });
    this.link.handler = {
      received: () => undefined,
      alive: () => this.told.push('alive'),
      drained: () => undefined,
      violated: () => undefined,
      closed: () => this.told.push('closed'),
    };
  }
  get positions() {
    return Object.fromEntries(decodeCursor(this.answers[0]!.cursor, 'after').positions);
  }
  get seqs() {
    return this.answers[0]?.entries.map(({ s, seq }) => `${s} ${seq}`);
  }
}
const at = (seq: number, epoch = 'e1') => ({ epoch, seq });
const read = { op: 'read', s: '@me', seq: 3, thread: 'r', unread: 1 };
const recall = { op: 'recall', s: '@me', seq: 2, id: 'i2' };

it('is a link that counts as connected between polls, and sends nothing twice', () => {
  expect(new Poll().link).toMatchObject({ transport: 'poll', resends: 'on return', lingerMs: 30_000 });
});

it('answers as soon as there is an entry, with the cursor that covers it', async () => {
  const poll = new Poll();
  poll.link.send([connected({ '@me': { from: 4, head: 4 }, news: { from: 7, head: 7 } })]);
  await poll.clock.advance(1000);
  expect(poll.answers).toEqual([]);
  poll.link.send([frame(push('@me', 5), push('@me', 6))]);
  await poll.clock.advance(0);
  expect(poll.answers).toMatchObject([{ entries: [push('@me', 5), push('@me', 6)], recovery: 'complete' }]);
  expect(poll.answers[0]).not.toHaveProperty('events');
  expect(poll.positions).toEqual({ '@me': at(6), news: at(7) });
  expect([poll.told, poll.clock.pending()]).toEqual([['closed'], 0]);
});

it('takes along what else comes in the same turn, and nothing later', async () => {
  const poll = new Poll();
  poll.link.send([connected({ '@me': {}, news: {} })]);
  poll.link.send([frame(push('@me', 1))]);
  poll.link.send([frame(push('news', 1)), frame(push('@me', 2))]);
  await poll.clock.advance(0);
  poll.link.send([frame(push('@me', 3))]);
  poll.link.close(CLOSE.draining);
  expect(poll.seqs).toEqual(['@me 1', 'news 1', '@me 2']);
  expect([poll.answers.length, poll.refused, poll.told]).toEqual([1, [], ['closed']]);
});

it('answers empty when the time is up', async () => {
  const poll = new Poll({ waitMs: 5000 });
  await poll.clock.advance(1000);
  poll.link.send([connected({ '@me': { from: 4, head: 4 } })]);
  await poll.clock.advance(3999);
  expect(poll.answers).toEqual([]);
  await poll.clock.advance(1);
  expect(poll.answers).toMatchObject([{ entries: [], recovery: 'complete' }]);
  expect(poll.positions).toEqual({ '@me': at(4) });
  expect(poll.clock.pending()).toBe(0);
});

it('answers at once where it shall not wait: empty, or with what is on its way from the store', async () => {
  const empty = new Poll({ waitMs: 0 });
  empty.link.send([connected()]);
  await empty.clock.advance(0);
  expect(empty.seqs).toEqual([]);

  const behind = new Poll({ waitMs: 0 });
  behind.link.send([connected({ '@me': { from: 0, head: 2 } })]);
  await behind.clock.advance(200);
  expect(behind.answers).toEqual([]);
  behind.link.send([frame(push('@me', 1), push('@me', 2))]);
  await behind.clock.advance(0);
  expect(behind.seqs).toEqual(['@me 1', '@me 2']);
});

it('gives up on a store that does not answer: before the device is admitted, and after', async () => {
  const never = new Poll({ waitMs: 1000 });
  await never.clock.advance(11_000);
  expect(never.refused).toMatchObject([{ code: 'STORE_UNAVAILABLE', retryable: true }]);
  expect(never.told).toEqual(['closed']);

  const half = new Poll({ waitMs: 0 });
  half.link.send([connected({ '@me': { from: 0, head: 2 } })]);
  await half.clock.advance(10_000);
  expect(half.seqs).toEqual([]);
  expect(half.positions).toEqual({ '@me': at(0) });
});

it('says the worst that was found of any stream', async () => {
  const poll = new Poll();
  poll.link.send([
    connected({
      '@me': { recovery: 'complete' },
      news: { from: 2, head: 9, recovery: 'gap', lost: { from: 3, to: 8 } },
      old: { recovery: 'complete' },
    }),
  ]);
  poll.link.send([frame({ op: 'gap', s: 'news', from: 3, to: 8, reason: 'retention' })]);
  await poll.clock.advance(0);
  expect(poll.answers).toMatchObject([{ entries: [], recovery: 'gap', events: [{ op: 'gap', from: 3, to: 8 }] }]);
  expect(poll.positions.news).toEqual(at(8));
});

it('tells a reset at once', async () => {
  const poll = new Poll();
  poll.link.send([connected({ '@me': { epoch: 'e2', recovery: 'reset' }, news: { recovery: 'gap' } })]);
  await poll.clock.advance(0);
  expect(poll.answers).toMatchObject([{ entries: [], recovery: 'reset' }]);
  expect(poll.positions['@me']).toEqual(at(0, 'e2'));
});

it.each([
  ['a signal', { op: 'signal', type: 'typing' }],
  ['a recall', recall],
  ['a read mark', read],
  ['a skip', { op: 'skip', s: '@me', from: 1, to: 2, reason: 'expired' }],
  ['a new stream', { op: 'followed', s: 'more', epoch: 'e2', head: 3, from: 3, recovery: 'complete' }],
  ['a stream that was left', { op: 'unfollowed', s: 'more' }],
])('ends with %s, among the events', async (_, event) => {
  const poll = new Poll();
  poll.link.send([connected()]);
  poll.link.send([frame(event)]);
  await poll.clock.advance(0);
  expect(poll.answers).toMatchObject([{ entries: [], events: [event] }]);
});

it('does not end with an error that every connect repeats', async () => {
  const poll = new Poll({ waitMs: 1000 });
  poll.link.send([connected(), frame({ op: 'error', code: 'NOT_ALLOWED', message: 'no' })]);
  await poll.clock.advance(999);
  expect(poll.answers).toEqual([]);
  await poll.clock.advance(1);
  expect(poll.answers).toMatchObject([{ entries: [], events: [{ op: 'error' }] }]);
});

it('tells a notice once, though every connect repeats it', async () => {
  const first = new Poll();
  first.link.send([connected(), frame(read), frame(recall)]);
  await first.clock.advance(0);
  expect(first.answers[0]!.events).toEqual([read, recall]);

  const second = new Poll({ after: first.answers[0]!.cursor });
  second.link.send([connected(), frame({ ...read, unread: 5 }), frame(recall)]);
  await second.clock.advance(1000);
  expect(second.answers).toEqual([]);
  second.link.send([frame({ ...read, seq: 4 })]);
  await second.clock.advance(0);
  expect(second.answers[0]!.events).toEqual([{ ...read, seq: 4 }]);

  const third = new Poll({ after: second.answers[0]!.cursor, waitMs: 500 });
  third.link.send([connected(), frame(recall), frame({ ...read, seq: 4 })]);
  await third.clock.advance(500);
  expect(third.answers[0]).not.toHaveProperty('events');
});

it('does not end at once for more repeated notices than a cursor holds', async () => {
  const many = Array.from({ length: 100 }, (_, i) => ({ ...recall, seq: i, id: `i${i}` }));
  const first = new Poll();
  first.link.send([connected(), frame(...many)]);
  await first.clock.advance(0);
  const again = new Poll({ after: first.answers[0]!.cursor, waitMs: 1000 });
  again.link.send([connected(), frame(...many)]);
  await again.clock.advance(999);
  expect(again.answers).toEqual([]);
  await again.clock.advance(1);
  expect(again.answers[0]!.events).toHaveLength(36);
});

it('gives no more entries than asked for, and a cursor that stops there', async () => {
  const poll = new Poll({ limit: 3 });
  poll.link.send([connected({ '@me': {}, news: {} })]);
  poll.link.send([
    frame(push('@me', 1), push('@me', 2)),
    frame(push('news', 1), push('news', 2), { op: 'skip', s: 'news', from: 3, to: 3, reason: 'expired' }),
    frame({ op: 'skip', s: '@me', from: 3, to: 9, reason: 'expired' }),
  ]);
  await poll.clock.advance(0);
  expect(poll.seqs).toEqual(['@me 1', '@me 2', 'news 1']);
  expect(poll.positions).toEqual({ '@me': at(2), news: at(1) });
  expect(poll.answers[0]).not.toHaveProperty('events');
});

it('counts what it holds as not taken yet, so that the core does not send on and on', () => {
  const poll = new Poll();
  const text = frame(push('@me', 1, { data: 'x'.repeat(1000) }));
  poll.link.send([connected(), text]);
  expect(poll.link.bufferedBytes()).toBe(text.text.length);
});

it('gives way to a newer poll: a second later, no entries, and the cursor as it came', async () => {
  const after = encodeCursor([['@me', at(4)]]);
  const poll = new Poll({ after });
  poll.link.send([connected({ '@me': { from: 4, head: 4 } }), frame(push('@me', 5))]);
  poll.link.close(CLOSE.replaced);
  expect(poll.answers).toEqual([]);
  await poll.clock.advance(1000);
  expect(poll.answers).toEqual([{ entries: [], cursor: after, recovery: 'complete' }]);
  const early = new Poll();
  early.link.close(CLOSE.replaced);
  await early.clock.advance(1000);
  expect(early.answers).toEqual([{ entries: [], cursor: '1', recovery: 'complete' }]);
});

it('is refused for every other end, with what it says; what is gathered is still given', async () => {
  const poll = new Poll();
  poll.link.send([connected()]);
  poll.link.send([frame({ op: 'bye', code: 3000, reconnect: true, afterMs: 700 })]);
  poll.link.close(CLOSE.draining);
  expect(poll.refused).toMatchObject([{ code: 'DRAINING', retryAfterMs: 700 }]);
  const full = new Poll();
  full.link.send([connected(), frame(push('@me', 1))]);
  full.link.close(CLOSE.draining);
  await full.clock.advance(0);
  expect([full.seqs, full.refused, full.told]).toEqual([['@me 1'], [], ['closed']]);
});

it('leaves nothing behind when the client goes', () => {
  const poll = new Poll();
  poll.link.send([connected()]);
  poll.link.ping();
  poll.link.gone();
  poll.link.gone();
  poll.link.ping();
  poll.link.send([frame(push('@me', 1))]);
  expect([poll.answers, poll.refused, poll.told, poll.clock.pending()]).toEqual([[], [], ['alive', 'closed'], 0]);
});
