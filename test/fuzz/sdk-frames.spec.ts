import { type FuzzedWire, fuzzWire, replay } from '../../libs/push-client/src/testing/fuzz-runs.js';
import { dice } from '../support/dice.js';

/** A little of the long run, and what once made trouble or looks as if it could. */
describe('a malicious server, in short', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(() => void process.off('unhandledRejection', note));

  it.each<[FuzzedWire, number]>([
    ['websocket', 1],
    ['sse', 2],
    ['poll', 3],
  ])('over %s (seed %i)', async (wire, seed) => {
    const outcome = await fuzzWire(wire, 2_000, dice(seed));
    expect(outcome).toMatchObject({ messages: 2_000, slow: [], leftovers: 0 });
    expect(outcome.shown).toBeGreaterThan(10);
    expect(unhandled).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  const deep = '['.repeat(100_000);
  it.each<[FuzzedWire, string]>([
    ['websocket', deep],
    ['websocket', `{"op":"push","s":"@me","seq":4,"id":"m","type":"t","data":${deep}`],
    ['websocket', '{"op":"connected","streams":{"__proto__":{"epoch":"e","from":0,"recovery":"complete"}}}'],
    ['websocket', '\n'.repeat(200_000)],
    ['websocket', `{"op":"recall","s":"@me","seq":1,"id":"${'x'.repeat(900_000)}"}`],
    ['sse', `data: ${deep}\n\n`],
    ['sse', 'data: '.padEnd(1_100_000, 'x')],
    ['sse', 'data: x\n'.repeat(150_000)],
    ['sse', '\n'.repeat(200_000)],
    ['sse', `event: bye\ndata: {"op":"bye","code":1e308,"reconnect":"yes","afterMs":-1e308}\n\n`],
    ['poll', deep],
    ['poll', `{"entries":${'['.repeat(50_000)}${']'.repeat(50_000)},"cursor":"c","recovery":"reset"}`],
    ['poll', `{"entries":[{"op":"push","s":"__proto__","seq":9007199254740991,"id":"m","type":"t"}],"cursor":"c"}`],
    ['poll', `{"entries":[],"cursor":"c","recovery":"complete","streams":{"__proto__":null,"a":7}}`],
    ['poll', `{"entries":[],"cursor":"c","events":[{"op":"followed"},{"op":"unfollowed","s":{}},null,[]]}`],
  ])('over %s: %.80s', async (wire, message) => {
    await replay(wire, wire === 'sse' ? Buffer.from(message) : message);
    expect(unhandled).toEqual([]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
