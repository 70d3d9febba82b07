import { abortRequests, expectNothingLeft } from '../support/aborted-requests.js';
import { startHttpHost, type HttpHost } from '../support/http-host.js';

let host: HttpHost;
beforeAll(async () => {
  host = await startHttpHost();
});
afterAll(() => host.close());

it('1,000 clients that leave at random moments leave no connection, socket or timer behind', async () => {
  const timers = host.clock.timers;
  const { beforeAnswer, midStream } = await abortRequests(host, 1000, 11);
  expect(beforeAnswer).toBeGreaterThan(100);
  expect(midStream).toBeGreaterThan(100);
  await expectNothingLeft(host, timers);
});

it('a ticket is no longer good after 30 s, whoever has it', async () => {
  const authorization = `Bearer ${await host.token('u1')}`;
  const issue = async () => {
    const answer = await fetch(`${host.url}/v1/tickets`, { method: 'POST', headers: { authorization } });
    return ((await answer.json()) as { ticket: string }).ticket;
  };
  const redeem = async (ticket: string) => {
    const answer = await fetch(`${host.url}/v1/sse?device=d1&ticket=${ticket}`);
    await answer.body?.cancel();
    return answer.status;
  };
  const [early, late] = [await issue(), await issue()];
  host.clock.ahead += 29_000;
  expect(await redeem(early)).toBe(200);
  host.clock.ahead += 1_001;
  expect(await redeem(late)).toBe(401);
});
