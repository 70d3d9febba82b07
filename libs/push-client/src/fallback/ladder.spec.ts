import { Ladder, type Rung } from './ladder.js';

const [ws, sse, poll] = ['websocket', 'sse', 'poll'].map(() => (() => undefined) as unknown as Rung) as [
  Rung,
  Rung,
  Rung,
];
const broken = { code: 1006, reason: '' };
const unanswered = { code: 4000, reason: '' };

const ladder = (rungs: Rung[] = [ws, sse, poll], random = () => 1) =>
  new Ladder(rungs, { baseMs: 30_000, capMs: 300_000 }, random);

function fall(one: Ladder, times: number, end = broken): Rung {
  for (let at = 0; at < times; at += 1) one.broke(one.rung, end, false);
  return one.rung;
}

describe('the ladder goes down', () => {
  it('after two ends before connected', () => {
    const one = ladder();
    expect(fall(one, 1)).toBe(ws);
    expect(fall(one, 1)).toBe(sse);
    expect(fall(one, 2)).toBe(poll);
  });

  it('after one attempt that was not answered, or could not be begun', () => {
    expect(fall(ladder(), 1, unanswered)).toBe(sse);
  });

  it('from the lowest rung to the top: it was not the transport', () => expect(fall(ladder(), 6)).toBe(ws));

  it('not where the server itself said no', () => {
    const one = ladder();
    expect(fall(one, 9, { code: 3004, reason: '' })).toBe(ws);
    one.broke(ws, { code: 1006, reason: '', bye: { op: 'bye', code: 3000, reconnect: true } } as never, false);
    expect(fall(one, 1)).toBe(ws);
  });

  it('later where the transport has held before', () => {
    const one = ladder();
    one.connected(ws);
    one.held();
    one.broke(ws, broken, true);
    expect(fall(one, 5)).toBe(ws);
    expect(fall(one, 1)).toBe(sse);
  });

  it('where links are connected but never hold; not where it was the client that gave them up', () => {
    const one = ladder();
    for (let at = 0; at < 9; at += 1) {
      one.connected(ws);
      one.broke(ws, unanswered, true);
    }
    expect(one.rung).toBe(ws);
    for (let at = 0; at < 2; at += 1) {
      one.connected(ws);
      one.broke(ws, broken, true);
    }
    expect(one.rung).toBe(sse);
  });

  it('nowhere where there is nothing else', () => expect(fall(ladder([ws]), 9)).toBe(ws));
});

describe('the ladder goes up', () => {
  it('to the rung that connected, and trusts it only when it has held', () => {
    const one = ladder();
    fall(one, 4);
    expect(one.above).toEqual([ws, sse]);
    one.connected(ws);
    expect(one.rung).toBe(ws);
    expect(one.above).toEqual([]);
    one.broke(ws, broken, true);
    expect(fall(one, 1)).toBe(sse);
  });

  it('in pauses that grow to a cap, each of them jittered as a whole, and from the beginning once the top has held', () => {
    const pauses = (one: Ladder, count: number) =>
      Array.from({ length: count }, () => {
        const ms = one.climbInMs(1_000);
        one.climbed();
        return ms;
      });
    const one = ladder();
    fall(one, 2);
    expect(pauses(one, 6)).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
    one.connected(ws);
    one.held();
    fall(one, 6);
    expect(pauses(one, 1)).toEqual([30_000]);
    const spread = ladder(undefined, () => 0.1);
    fall(spread, 2);
    expect(pauses(spread, 6).at(-1)).toBe(30_000);
  });

  it('at the time once set, whatever breaks meanwhile', () => {
    const one = ladder();
    fall(one, 2);
    expect(one.climbInMs(0)).toBe(30_000);
    one.connected(sse);
    expect(one.climbInMs(20_000)).toBe(10_000);
  });
});
