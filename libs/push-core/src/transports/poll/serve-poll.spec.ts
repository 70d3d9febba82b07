import { CLOSE } from '../../close-reasons.js';
import { ManualClock } from '../../testing/manual-clock.js';
import { encodeCursor } from '../cursor/cursor.js';
import { connected, frame, push, Stage, until } from '../http/stage.fixture.js';
import { servePoll } from './serve-poll.js';

const clock = new ManualClock();
const identity = { tenant: 't', user: 'u' };
let stage: Stage;
let thrown: unknown;

beforeEach(async () => {
  thrown = undefined;
  stage = await new Stage((self, request, response) => {
    const after = new URL(request.url!, 'http://x').searchParams.get('after') ?? undefined;
    try {
      servePoll(self.engine, request, response, {
        identity,
        device: 'd',
        after,
        waitMs: 9999,
        clock,
        refuse: self.refusal(response),
      });
    } catch (error) {
      thrown = error;
      response.end();
    }
  }).open();
});
afterEach(() => stage.close());

it('answers with entries as they are on every transport, on a connection that is kept', async () => {
  const client = await stage.client('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => stage.engine.links.length === 1);
  stage.engine.newest.link.send([connected(), frame(push('@me', 1, { data: 'ü' }))]);
  await clock.advance(0);
  await until(() => client.text.includes('recovery'));
  expect(JSON.parse(client.body)).toEqual({
    entries: [push('@me', 1, { data: 'ü' })],
    cursor: '1.ee1.m1',
    recovery: 'complete',
    streams: { '@me': { epoch: 'e1', head: 0, from: 0, recovery: 'complete' } },
  });
  expect(client.text).toMatch(
    /^HTTP\/1\.1 200 [^]*Content-Type: application\/json; charset=utf-8\r\n[^]*Cache-Control: no-store\r\n/,
  );
  client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => stage.engine.links.length === 2);
  expect(stage.engine.links[0]!.told).toEqual(['closed']);
});

it('resumes where the cursor says, with a window of one answer', async () => {
  const after = encodeCursor([['@me', { epoch: 'e1', seq: 41 }]]);
  await stage.client(`GET /?after=${after} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await until(() => stage.engine.links.length === 1);
  expect(stage.engine.newest.arrival).toMatchObject({
    identity,
    address: '127.0.0.1',
    connect: { device: 'd', window: 256, resume: { '@me': { epoch: 'e1', seq: 41 } } },
  });
});

it('refuses a cursor that is not one of ours before it answers anything', async () => {
  await fetch(`${stage.url}/?after=41`);
  expect(thrown).toMatchObject({ code: 'INVALID', field: 'after' });
  expect(stage.engine.links).toEqual([]);
});

it('refuses what the core refuses', async () => {
  const answer = fetch(stage.url);
  await until(() => stage.engine.links.length === 1);
  stage.engine.newest.link.close(CLOSE.revoked);
  expect((await answer).status).toBe(401);
});

it('notices a client that leaves, however it waits', async () => {
  const [waiting, admitted] = [
    await stage.client('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    await stage.client('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  ];
  await until(() => stage.engine.links.length === 2);
  stage.engine.newest.link.send([connected()]);
  waiting.socket.destroy();
  admitted.socket.resetAndDestroy();
  await until(() => stage.engine.links.every(({ told }) => told.length === 1));
  const pipelined = await stage.client('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3));
  await until(() => stage.engine.links.length === 5);
  pipelined.socket.destroy();
  await until(() => stage.engine.links.every(({ told }) => told.join() === 'closed'));
});

it('cuts off a client that does not take its answer', async () => {
  const client = await stage.client('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  client.socket.pause();
  await until(() => stage.engine.links.length === 1);
  stage.engine.newest.link.send([connected(), frame(push('@me', 1, { data: 'x'.repeat(16 << 20) }))]);
  await clock.advance(0);
  expect(stage.engine.newest.told).toEqual(['closed']);
  await clock.advance(14_999);
  expect(await stage.connections()).toBe(1);
  await clock.advance(1);
  await stage.untilConnections(0);
  expect(clock.pending()).toBe(0);
});

it('leaves no timer behind for a client that takes its answer', async () => {
  const answer = fetch(stage.url);
  await until(() => stage.engine.links.length === 1);
  stage.engine.newest.link.send([connected(), frame(push('@me', 1))]);
  await clock.advance(0);
  expect((await answer).status).toBe(200);
  await until(() => clock.pending() === 0);
});
