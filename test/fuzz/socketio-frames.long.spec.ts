import { expect, it } from '@jest/globals';
import { fuzzSocketIo } from '../support/socketio-fuzz.js';

const SEED = 5_2026;
const PACKETS = 200_000;

it('200,000 mutated packets: nothing crashes, nothing takes long, each is answered or ends the connection', async () => {
  process.stdout.write(`seed ${SEED}\n`);
  const report = await fuzzSocketIo(SEED, PACKETS);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(report.packets).toBe(PACKETS);
  expect(report.slowestMs).toBeLessThan(100);
  expect(({} as Record<string, unknown>).s).toBeUndefined();
}, 600_000);
