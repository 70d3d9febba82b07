import { type FuzzedWire, fuzzWire } from '../../libs/push-client/src/testing/fuzz-runs.js';
import { dice } from '../support/dice.js';

const MESSAGES = 200_000;

describe('a malicious server', () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(() => void process.off('unhandledRejection', note));

  it.each<[FuzzedWire, number]>([
    ['websocket', 20_261_121],
    ['sse', 20_261_122],
    ['poll', 20_261_123],
  ])(
    `sends the SDK ${MESSAGES} messages over %s (seed %i): nothing crashes, nothing takes longer than 100 ms`,
    async (wire, seed) => {
      const outcome = await fuzzWire(wire, MESSAGES, dice(seed));
      expect(outcome).toMatchObject({ messages: MESSAGES, slow: [], leftovers: 0 });
      expect(outcome.shown).toBeGreaterThan(1_000);
      expect(unhandled).toEqual([]);
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(({} as { epoch?: unknown }).epoch).toBeUndefined();
    },
    900_000,
  );
});
