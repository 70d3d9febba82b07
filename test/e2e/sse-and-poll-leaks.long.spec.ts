import { abortRequests, expectNothingLeft } from '../support/aborted-requests.js';
import { startHttpHost } from '../support/http-host.js';

it('10,000 clients that leave at random moments leave no connection, socket or timer behind', async () => {
  const host = await startHttpHost();
  const timers = host.clock.timers;
  const { beforeAnswer, midStream } = await abortRequests(host, 10_000, 4711);
  expect(beforeAnswer).toBeGreaterThan(1000);
  expect(midStream).toBeGreaterThan(1000);
  await expectNothingLeft(host, timers);
  await host.close();
}, 300_000);
