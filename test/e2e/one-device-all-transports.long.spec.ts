import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { browserWay, servePage, type PageServer } from '../conformance/support/visits/browser-way.js';
import { openEveryDoor, type EveryDoor } from '../conformance/support/visits/every-door.js';
import { curlWay, pollWay } from '../conformance/support/visits/http-ways.js';
import { journey } from '../conformance/support/visits/journey.js';
import { mosquittoWay, mqttWay, socketIoWay, webSocketWay } from '../conformance/support/visits/socket-ways.js';

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

it.each([1, 2, 3])(
  'ten rounds through every client, seed %i: nothing lost, nothing twice, in order',
  async (seed) => {
    const ways = [
      curlWay(),
      browserWay(page.origin),
      socketIoWay(),
      mqttWay(),
      mosquittoWay(),
      pollWay(),
      webSocketWay(),
    ];
    const report = await journey({ door, ways, user: `u${seed}`, rounds: 10, rate: 100, seed });
    const { published, shown, problems, repeats, seconds } = report;
    process.stdout.write(
      `one device, seed ${seed}: ${published} published, ${shown.length} shown, ${repeats} repeats dropped, ${Math.round(seconds)} s\n`,
    );
    expect(problems).toEqual([]);
    expect(shown).toEqual(Array.from({ length: published }, (_, i) => i + 1));
  },
  600_000,
);
