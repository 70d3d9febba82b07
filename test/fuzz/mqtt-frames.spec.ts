import { dice } from '../support/dice.js';
import { goodPackets, judge, mutate, type Phase } from './mqtt-frames.js';

const SEEDS = [1, 7, 42, 4711, 20_261];
const PACKETS = 500;

/** Packets that are wrong in a way of their own. */
const KEPT = [
  '10',
  '1000',
  '10ffffffff7f',
  '10ffffff7f',
  '100c00044d51545404',
  '100e00044d515454040000000002',
  '101000044d515454050200000a2600016100ffff',
  '100d00044d5154540502000000ffff',
  '101000044d515454058200001100ff00000000',
  '8205000100026d',
  '82020001',
  '8206000000016d01',
  '82070001ffff6d6501',
  '8208000105ffffffff01',
  '820c000109260001610002c32800',
  'a2020001',
  '4002ffff',
  '40020000',
  '4003000181',
  '400400010002',
  '4005cdc00007ff',
  '300000',
  '3203000174',
  '3604000174ff',
  '3e00',
  'c000c000c000',
  'c00100',
  'e001ff',
  'e006000411ffffffff',
  'f000',
  'f00118',
  '0000',
  '20020000',
].map((hex) => Buffer.from(hex, 'hex'));

describe.each<[4 | 5, Phase]>([
  [4, 'before CONNECT'],
  [5, 'before CONNECT'],
  [4, 'after CONNECT'],
  [5, 'after CONNECT'],
])('mutated packets of MQTT', (version, phase) => {
  it(`of version ${version}, ${phase}, harm nobody`, async () => {
    const good = goodPackets(version, phase);
    for (const seed of SEEDS) {
      const random = dice(seed);
      const packets = Array.from({ length: PACKETS }, () => mutate(good, random));
      const { judged, ended, faults } = await judge(version, phase, packets);
      expect({ seed, faults }).toEqual({ seed, faults: [] });
      expect([judged, ended > PACKETS / 20]).toEqual([PACKETS, true]);
    }
  });

  it(`of version ${version}, ${phase}, that were kept, harm nobody`, async () => {
    const { faults, ended } = await judge(version, phase, KEPT);
    expect(faults).toEqual([]);
    expect(ended).toBeGreaterThan(KEPT.length / 2);
  });
});
