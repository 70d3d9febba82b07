import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { browserWay, servePage, type PageServer } from '../conformance/support/visits/browser-way.js';
import { openEveryDoor, type EveryDoor } from '../conformance/support/visits/every-door.js';
import { curlWay, pollWay } from '../conformance/support/visits/http-ways.js';
import { journey } from '../conformance/support/visits/journey.js';
import { mosquittoWay, mqttWay, socketIoWay, webSocketWay } from '../conformance/support/visits/socket-ways.js';

const SEED = 20_261_121;

describe('one device, every transport', () => {
  let page: PageServer;
  let door: EveryDoor;
  beforeAll(async () => {
    page = await servePage();
    door = await openEveryDoor(page.origin);
  });
  afterAll(async () => {
    await door?.close();
    await page?.close();
  });

  it('shows each message exactly once and in order, whichever client it moves to, cut off at any moment', async () => {
    const ways = [
      curlWay(),
      browserWay(page.origin),
      socketIoWay(),
      mqttWay(),
      mosquittoWay(),
      pollWay(),
      webSocketWay(),
    ];
    const report = await journey({ door, ways, user: 'u1', rounds: 2, rate: 50, seed: SEED });
    const { published, shown, problems, repeats, byWay, seconds } = report;
    const visits = Object.entries(byWay).map(([name, count]) => `${name} ${count}`);
    process.stdout.write(
      `one device: ${published} published, ${shown.length} shown, ${repeats} repeats dropped, seed ${SEED}, ` +
        `${Math.round(seconds)} s; ${visits.join(', ')}\n`,
    );
    expect(problems).toEqual([]);
    expect(shown).toEqual(Array.from({ length: published }, (_, i) => i + 1));
    expect(Object.values(byWay).every((count) => count > 0)).toBe(true);
  }, 180_000);
});
