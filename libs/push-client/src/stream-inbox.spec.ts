import type { PushFrame } from 'push-core/wire';
import { deferred } from './deferred.js';
import { type StreamFrame, StreamInbox } from './stream-inbox.js';
import { StreamTracker } from './stream-tracker.js';
import { settled } from './testing/manual-clock.js';

const push = (seq: number): PushFrame => ({ op: 'push', s: '@me', seq, id: `m${seq}`, type: 't', at: 0 });
const seqOf = (frame: StreamFrame) => (frame.op === 'push' ? frame.seq : frame.to);

function setUp(answer: (frame: StreamFrame) => boolean | Promise<boolean> = () => true, capacity = 100) {
  const tracker = new StreamTracker('@me', 'e1', 0);
  tracker.attach(0);
  const delivered: number[] = [];
  const failed: number[] = [];
  const gate = { isOpen: true };
  const inbox = new StreamInbox(tracker, capacity, {
    isOpen: () => gate.isOpen,
    deliver: (frame) => {
      delivered.push(seqOf(frame));
      return answer(frame);
    },
    advanced: () => undefined,
    settled: () => undefined,
    failed: (_tracker, frame) => failed.push(seqOf(frame)),
  });
  return { tracker, delivered, failed, gate, inbox };
}

describe('inbox', () => {
  it('hands out the next message only after the one before is done', async () => {
    const first = deferred<boolean>();
    const { inbox, delivered, tracker } = setUp((frame) => (seqOf(frame) === 1 ? first.promise : true));
    inbox.offer(push(1));
    inbox.offer(push(2));
    await settled();
    expect(delivered).toEqual([1]);
    expect(tracker.position.seq).toBe(0);
    first.resolve(true);
    await settled();
    expect(delivered).toEqual([1, 2]);
    expect(tracker.position.seq).toBe(2);
  });

  it('stops at a failed message, lets nothing overtake it, and takes it again after a restart', () => {
    let isBroken = true;
    const { inbox, delivered, failed, tracker } = setUp((frame) => seqOf(frame) !== 2 || !isBroken);
    expect([1, 2, 3].map((seq) => inbox.offer(push(seq)))).toEqual(['next', 'next', 'hole']);
    expect(failed).toEqual([2]);
    expect(tracker.position.seq).toBe(1);
    isBroken = false;
    inbox.restart();
    expect([1, 2, 3].map((seq) => inbox.offer(push(seq)))).toEqual(['duplicate', 'next', 'next']);
    expect(delivered).toEqual([1, 2, 2, 3]);
  });

  it('holds messages back while nobody listens, and ranges behind them too', () => {
    const { inbox, delivered, gate } = setUp();
    gate.isOpen = false;
    inbox.offer({ op: 'gap', s: '@me', from: 1, to: 4, reason: 'retention' });
    inbox.offer(push(5));
    inbox.offer({ op: 'skip', s: '@me', from: 6, to: 7, reason: 'expired' });
    expect(delivered).toEqual([4]);
    gate.isOpen = true;
    inbox.pump();
    expect(delivered).toEqual([4, 5, 7]);
  });

  it('changes nothing once stopped, even where a handler is still running', async () => {
    const running = deferred<boolean>();
    const { inbox, tracker } = setUp(() => running.promise);
    inbox.offer(push(1));
    inbox.stop();
    running.resolve(true);
    await settled();
    expect(tracker.position.seq).toBe(0);
    expect(inbox.offer(push(2))).toBe('hole');
  });

  it('is bounded', () => {
    const { inbox, gate, delivered } = setUp(undefined, 2);
    gate.isOpen = false;
    expect([1, 2, 3].map((seq) => inbox.offer(push(seq)))).toEqual(['next', 'next', 'hole']);
    gate.isOpen = true;
    inbox.pump();
    expect(inbox.offer(push(3))).toBe('next');
    expect(delivered).toEqual([1, 2, 3]);
  });
});
