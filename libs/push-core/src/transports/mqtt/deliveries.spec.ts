import { describe, expect, it } from '@jest/globals';
import { parser, type IPublishPacket } from 'mqtt-packet';
import { Dice } from '../../testing/simulator/dice.js';
import { idBase, MQTT_CODECS, type Run } from './codec.js';
import { Deliveries, type DeliveryLimits } from './deliveries.js';
import type { LaneMemory } from './lane.js';

const EPOCH = 'e1';
const lines = (stream: string, from: number, to: number, size = 0): string =>
  Array.from({ length: to - from + 1 }, (_, i) =>
    JSON.stringify({ op: 'push', s: stream, seq: from + i, id: 'm', data: 'x'.repeat(size) }),
  ).join('\n');
const run = (stream: string, from: number, to: number, size = 0): Run =>
  MQTT_CODECS[4].encode(lines(stream, from, to, size))[0] as Run;

interface Sent {
  readonly id: number;
  readonly stream: string;
  readonly seq: number;
  readonly dup: boolean;
}

/** One connection's deliveries, with what its client got. */
class Bench {
  readonly open = new Set(['@me', '@all', 'a', 'b', 'c']);
  readonly tooLarge: [string, number][] = [];
  readonly sent: Sent[] = [];
  readonly acks: string[] = [];
  readonly deliveries: Deliveries;

  constructor(limits: Partial<DeliveryLimits> = {}) {
    this.deliveries = new Deliveries(
      { inFlight: 10, packetBytes: Infinity, ...limits },
      (stream) => this.open.has(stream),
      (...which) => this.tooLarge.push([which[0], which[1]]),
    );
  }

  begin(stream: string, from = 0, memory?: LaneMemory): void {
    this.deliveries.begin(stream, { epoch: EPOCH, from }, memory);
  }
  offer(...offered: Run[]): void {
    for (const one of offered) this.turn((out) => this.deliveries.offer(one, out));
  }
  hole(stream: string, from: number, to: number): void {
    this.turn(() => this.deliveries.hole(stream, from, to));
  }
  release(): void {
    this.turn((out) => this.deliveries.release(out));
  }
  puback(...seqs: (readonly [string, number])[]): void {
    this.turn((out) => {
      for (const [stream, seq] of seqs) {
        const { id } = this.sent.findLast((one) => one.stream === stream && one.seq === seq) as Sent;
        expect(this.deliveries.acknowledged(id)).toBe(true);
      }
      this.deliveries.release(out);
    });
  }
  seqs(stream = '@me'): number[] {
    return this.sent.filter((one) => one.stream === stream).map(({ seq }) => seq);
  }

  private turn(work: (out: Buffer[]) => void): void {
    const out: Buffer[] = [];
    work(out);
    const reading = parser({ protocolVersion: 4 });
    reading.on('packet', (packet) => {
      const { messageId: id = 0, dup, payload } = packet as IPublishPacket;
      const { s, seq } = JSON.parse(payload.toString()) as { s: string; seq: number };
      this.sent.push({ id, stream: s, seq, dup });
    });
    for (const bytes of out) reading.parse(bytes);
    const acks = this.deliveries.takeAcks();
    if (acks !== '') this.acks.push(...acks.split('\n'));
  }
}

const ack = (stream: string, seq: number): string => JSON.stringify({ op: 'ack', s: stream, seq });

describe('what a client has in flight', () => {
  it('goes out as the shared bytes, whoever it is for', () => {
    const shared = run('@me', 1, 5);
    const outs = [1, 2].map(() => {
      const bench = new Bench();
      bench.begin('@me');
      const out: Buffer[] = [];
      bench.deliveries.offer(shared, out);
      return out;
    });
    expect(outs.map((out) => out.length === 1 && out[0] === shared.bytes)).toEqual([true, true]);
  });

  it('is acknowledged to the core up to the first gap', () => {
    const bench = new Bench();
    bench.begin('@me');
    bench.offer(run('@me', 1, 5));
    bench.puback(['@me', 2], ['@me', 3]);
    expect(bench.acks).toEqual([]);
    bench.puback(['@me', 1]);
    bench.puback(['@me', 5], ['@me', 4]);
    expect(bench.acks).toEqual([ack('@me', 3), ack('@me', 5)]);
  });

  it('counts skips and gaps as acknowledged once all before them is', () => {
    const bench = new Bench();
    bench.begin('@me');
    bench.hole('@me', 1, 2);
    bench.offer(run('@me', 3, 4));
    bench.hole('@me', 5, 100_000);
    bench.puback(['@me', 3]);
    bench.puback(['@me', 4]);
    expect(bench.acks).toEqual([2, 3, 100_000].map((seq) => ack('@me', seq)));
  });

  it('is no more than the client takes, over all streams; the rest follows in order, streams taking turns', () => {
    const bench = new Bench({ inFlight: 4 });
    bench.begin('@me');
    bench.begin('a');
    bench.offer(run('@me', 1, 6), run('a', 1, 6));
    expect([bench.seqs('@me'), bench.seqs('a')]).toEqual([[1, 2, 3, 4], []]);
    expect(bench.deliveries.parkedBytes).toBeGreaterThan(0);
    bench.puback(['@me', 1], ['@me', 2]);
    bench.puback(['@me', 3], ['@me', 4]);
    bench.puback(['@me', 5], ['@me', 6]);
    for (const seq of [1, 2, 3, 4, 5, 6]) bench.puback(['a', seq]);
    expect([bench.seqs('@me'), bench.seqs('a')]).toEqual([
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6],
    ]);
    expect(bench.deliveries.parkedBytes).toBe(0);
  });

  it('waits for its subscription and holds up no other stream', () => {
    const bench = new Bench();
    bench.open.delete('@me');
    bench.begin('@me');
    bench.begin('a');
    bench.offer(run('@me', 1, 2), run('a', 1, 2));
    expect([bench.seqs('@me'), bench.seqs('a'), bench.acks]).toEqual([[], [1, 2], []]);
    bench.open.add('@me');
    bench.release();
    expect(bench.seqs('@me')).toEqual([1, 2]);
  });

  it('is not sent twice on one connection, whatever the core offers again', () => {
    const bench = new Bench();
    bench.begin('a');
    bench.offer(run('a', 1, 3));
    bench.puback(['a', 1]);
    // Left and followed again: the core begins after its cursor.
    bench.deliveries.leave('a');
    bench.begin('a', 1);
    bench.offer(run('a', 2, 4));
    expect(bench.seqs('a')).toEqual([1, 2, 3, 4]);
    bench.puback(['a', 2], ['a', 3], ['a', 4]);
    expect(bench.acks).toEqual([ack('a', 1), ack('a', 4)]);
  });

  it('that was acknowledged while the stream was left is told to the core when it is offered again', () => {
    const bench = new Bench();
    bench.begin('a');
    bench.offer(run('a', 1, 3));
    bench.deliveries.leave('a');
    bench.puback(['a', 1], ['a', 2]);
    expect(bench.acks).toEqual([]);
    bench.begin('a', 0);
    bench.offer(run('a', 1, 3));
    expect([bench.seqs('a'), bench.acks]).toEqual([[1, 2, 3], [ack('a', 2)]]);
  });

  it('that is too large for the client counts as delivered, as the standard has it', () => {
    const bench = new Bench({ packetBytes: 300 });
    bench.begin('@me');
    bench.offer(run('@me', 1, 2), run('@me', 3, 3, 300), run('@me', 4, 4));
    bench.puback(['@me', 1], ['@me', 2], ['@me', 4]);
    expect([bench.seqs(), bench.tooLarge, bench.acks]).toEqual([[1, 2, 4], [['@me', 3]], [ack('@me', 4)]]);
  });

  it('keeps to itself an id that is not in flight', () => {
    const bench = new Bench();
    bench.begin('@me');
    bench.offer(run('@me', 1, 1));
    const { id } = bench.sent[0] as Sent;
    for (const other of [0, id - 1, id + 1, 65_535]) expect(bench.deliveries.acknowledged(other)).toBe(false);
    expect([bench.deliveries.acknowledged(id), bench.deliveries.acknowledged(id)]).toEqual([true, false]);
  });
});

describe('the next connection of a session', () => {
  it('gets what was in flight first, with DUP and the same ids, then the rest; what was acknowledged out of order not', () => {
    const before = new Bench();
    before.begin('@me');
    before.offer(run('@me', 1, 5));
    before.puback(['@me', 1], ['@me', 3]);
    const [memory] = before.deliveries.memory();
    const after = new Bench();
    after.begin('@me', 1, memory);
    after.offer(run('@me', 2, 7));
    const id = (seq: number) => before.sent.find((one) => one.seq === seq)?.id;
    expect(after.sent.map(({ seq, dup }) => [seq, dup])).toEqual([
      [2, true],
      [4, true],
      [5, true],
      [6, false],
      [7, false],
    ]);
    expect(after.sent.slice(0, 3).map((one) => one.id)).toEqual([id(2), id(4), id(5)]);
    after.puback(['@me', 2]);
    expect(after.acks).toEqual([ack('@me', 3)]);
  });

  it('forgets what another transport acknowledged meanwhile', () => {
    const before = new Bench();
    before.begin('@me');
    before.offer(run('@me', 1, 5));
    const [memory] = before.deliveries.memory();
    const after = new Bench();
    after.begin('@me', 4, memory);
    after.offer(run('@me', 5, 6));
    expect(after.sent.map(({ seq, dup }) => [seq, dup])).toEqual([
      [5, true],
      [6, false],
    ]);
  });

  it('never acknowledges to the core what it was not offered on this connection', () => {
    const before = new Bench();
    before.begin('@me');
    before.offer(run('@me', 1, 5));
    before.puback(['@me', 1], ['@me', 2], ['@me', 3]);
    const [memory] = before.deliveries.memory();
    const after = new Bench();
    after.begin('@me', 0, memory);
    after.offer(run('@me', 1, 2));
    after.offer(run('@me', 3, 3));
    expect([after.seqs(), after.acks]).toEqual([[], [ack('@me', 2), ack('@me', 3)]]);
  });

  it('begins anew where the stream is another one', () => {
    const before = new Bench();
    before.begin('@me');
    before.offer(run('@me', 1, 5));
    const [memory] = before.deliveries.memory();
    const after = new Bench();
    after.deliveries.begin('@me', { epoch: 'other', from: 0 }, memory);
    after.offer(run('@me', 1, 2));
    expect(after.sent.map(({ dup }) => dup)).toEqual([false, false]);
  });
});

/** Two names whose ids are so close that their windows meet. */
function neighbours(): [string, string] {
  const seen = new Map<number, string>();
  for (let n = 0; ; n++) {
    const name = `topic-${n}`;
    const base = idBase(name);
    for (let near = base - 3; near <= base + 3; near++) {
      const other = seen.get(near);
      if (other !== undefined) return [other, name];
    }
    seen.set(base, name);
  }
}

describe('packet ids', () => {
  const inFlight = (sent: readonly Sent[], done: ReadonlySet<Sent>) => sent.filter((one) => !done.has(one));

  it('are unique among what is in flight, also of streams whose ids meet, and when they start over', () => {
    const [a, b] = neighbours();
    const bench = new Bench({ inFlight: 50 });
    const streams = [a, b, '@me'];
    const heads = new Map(streams.map((stream) => [stream, 0]));
    for (const stream of streams) {
      bench.open.add(stream);
      bench.begin(stream);
    }
    const done = new Set<Sent>();
    const random = new Dice(7);
    const dice = (sides: number) => random.int(0, sides - 1);
    let most = 0;
    for (let round = 0; round < 4000; round++) {
      const stream = streams[dice(3)] as string;
      const head = heads.get(stream) as number;
      const kind = dice(10);
      if (kind < 4) {
        const to = head + 1 + dice(8);
        bench.offer(run(stream, head + 1, to));
        heads.set(stream, to);
      } else if (kind === 4) {
        const to = head + 1 + dice(3000);
        bench.hole(stream, head + 1, to);
        heads.set(stream, to);
      }
      const flying = inFlight(bench.sent, done);
      expect(new Set(flying.map(({ id }) => id)).size).toBe(flying.length);
      most = Math.max(most, flying.length);
      for (const one of flying.slice(0, dice(8))) {
        if (dice(5) === 0) continue;
        expect(bench.deliveries.acknowledged(one.id)).toBe(true);
        done.add(one);
      }
      if (bench.sent.length > 300) {
        for (const one of done) bench.sent.splice(bench.sent.indexOf(one), 1);
        done.clear();
      }
      bench.release();
    }
    expect(most).toBeGreaterThan(30);
    expect(most).toBeLessThanOrEqual(50);
    expect(Math.min(...heads.values())).toBeGreaterThan(65_535);
    for (let left = inFlight(bench.sent, done); left.length > 0; left = inFlight(bench.sent, done)) {
      for (const one of left) {
        bench.deliveries.acknowledged(one.id);
        done.add(one);
      }
      bench.release();
    }
    expect(bench.deliveries.parkedBytes).toBe(0);
    for (const [stream, head] of heads)
      expect(bench.acks.findLast((line) => line.includes(`"${stream}"`))).toBe(ack(stream, head));
  });
});
