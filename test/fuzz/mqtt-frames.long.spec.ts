import { dice } from '../support/dice.js';
import { goodPackets, judge, mutate, type Phase } from './mqtt-frames.js';

const SEED = 20_261;
const PACKETS = 200_000;

function* mutations(version: 4 | 5, phase: Phase): Generator<Buffer> {
  const random = dice(SEED);
  const good = goodPackets(version, phase);
  for (let n = 0; n < PACKETS; n++) yield mutate(good, random);
}

describe.each<[4 | 5, Phase]>([
  [4, 'before CONNECT'],
  [5, 'before CONNECT'],
  [4, 'after CONNECT'],
  [5, 'after CONNECT'],
])(`${PACKETS} mutated packets of MQTT, seed ${SEED}`, (version, phase) => {
  it(`of version ${version}, ${phase}, harm nobody`, async () => {
    const { judged, ended, faults } = await judge(version, phase, mutations(version, phase));
    expect({ seed: SEED, faults }).toEqual({ seed: SEED, faults: [] });
    expect(judged).toBe(PACKETS);
    // Else nothing of it was ever refused, or nothing ever read.
    expect(ended).toBeGreaterThan(PACKETS / 20);
  }, 300_000);
});
