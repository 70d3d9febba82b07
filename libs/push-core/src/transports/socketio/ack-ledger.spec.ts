import { AckLedger } from './ack-ledger.js';

function ledger() {
  const slots = new Map<number, () => void>();
  let moves = 0;
  const acks = new AckLedger(slots, () => moves++);
  const sign = (...ids: number[]): void => ids.forEach((id) => slots.get(id)?.());
  return { acks, slots, sign, moved: () => moves };
}
const ack = (s: string, seq: number): string => `{"op":"ack","s":"${s}","seq":${seq}}`;

it('signs for the highest seq with all before it, whatever the order', () => {
  const { acks, sign, moved } = ledger();
  for (let seq = 1; seq <= 4; seq++) acks.push('@me', seq, 100 + seq);
  sign(103, 102);
  expect([acks.takeAcks(), moved()]).toEqual(['', 0]);
  sign(101);
  expect(acks.takeAcks()).toBe(ack('@me', 3));
  expect(acks.takeAcks()).toBe('');
  sign(104);
  expect(acks.takeAcks()).toBe(ack('@me', 4));
});

it('keeps streams apart', () => {
  const { acks, sign } = ledger();
  acks.push('@me', 1, 1);
  acks.push('a "topic"', 7, 2);
  sign(1, 2);
  expect(
    acks
      .takeAcks()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { op: 'ack', s: '@me', seq: 1 },
    { op: 'ack', s: 'a "topic"', seq: 7 },
  ]);
});

it('counts what is nothing for the client as accounted for', () => {
  const { acks, sign } = ledger();
  acks.account('@me', 1, 3);
  expect(acks.takeAcks()).toBe(ack('@me', 3));
  acks.push('@me', 4, 4);
  acks.account('@me', 5, 6);
  expect(acks.takeAcks()).toBe('');
  sign(4);
  expect(acks.takeAcks()).toBe(ack('@me', 6));
});

it('lets an entry be sent again until it is acknowledged, under whatever id', () => {
  const { acks, sign, slots } = ledger();
  acks.push('@me', 1, 1);
  acks.push('@me', 2, 2);
  sign(2);
  expect([acks.push('@me', 1, 11), acks.push('@me', 2, 12)]).toEqual(['waits', 'signed']);
  sign(1);
  expect(acks.takeAcks()).toBe('');
  sign(11);
  expect(acks.takeAcks()).toBe(ack('@me', 2));
  expect(acks.push('@me', 1, 21)).toBe('signed');
  expect(slots.size).toBe(0);
});

it('a skip over entries that wait ends their wait', () => {
  const { acks, sign, slots } = ledger();
  for (let seq = 1; seq <= 3; seq++) acks.push('@me', seq, seq);
  sign(1);
  acks.account('@me', 2, 3);
  expect(acks.takeAcks()).toBe(ack('@me', 3));
  expect(slots.size).toBe(0);
});

it('what the client signed for by itself is not signed for again', () => {
  const { acks, sign, slots } = ledger();
  for (let seq = 1; seq <= 3; seq++) acks.push('@me', seq, seq);
  acks.cover('@me', 2);
  expect([acks.takeAcks(), slots.size]).toEqual(['', 1]);
  sign(3);
  expect(acks.takeAcks()).toBe(ack('@me', 3));
});

it('a stream that begins anew knows nothing of what was sent of it before', () => {
  const { acks, sign, slots } = ledger();
  acks.push('news', 8, 8);
  acks.forget('news');
  expect(slots.size).toBe(0);
  expect(acks.push('news', 3, 3)).toBe('waits');
  sign(8, 3);
  expect(acks.takeAcks()).toBe(ack('news', 3));
});

it('holds no more than what is outstanding', () => {
  const { acks, sign, slots } = ledger();
  for (let seq = 1; seq <= 10_000; seq++) {
    acks.push('@me', seq, seq);
    if (seq > 100) sign(seq - 100);
  }
  expect(slots.size).toBe(100);
  acks.clear();
  expect(slots.size).toBe(0);
});
