import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RawClient } from '../support/raw-client.js';
import { API_KEY, OTHER_KEY, World, type Answer } from './support/world.js';

let world: World;
let ann: string;
let bob: string;
beforeAll(async () => {
  world = await World.start();
  [ann, bob] = await Promise.all([world.token('ann'), world.token('bob')]);
  await world.push.subscribe('default', 'secret', ['bob']);
  for (const [user, device] of [
    ['ann', 'a1'],
    ['bob', 'b1'],
  ] as const)
    await poll(device, user === 'ann' ? ann : bob);
  for (let n = 1; n <= 9; n++) await world.publish('bob', `of bob ${n}`);
  for (let n = 1; n <= 3; n++) await world.publish('ann', `of ann ${n}`);
  await world.push.publish('default', { to: { topics: ['secret'] }, type: 'x', data: 'of the secret topic' });
});
afterAll(() => world?.close());

const poll = (device: string, bearer: string, after?: string): Promise<Answer> =>
  world.call(
    'GET',
    `/v1/poll?device=${device}&waitMs=0${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`,
    {
      bearer,
    },
  );
/** What does not depend on which of two things was asked for. */
const shape = ({ status, text }: Answer, ...names: string[]): string =>
  names.reduce((all, name) => all.replaceAll(name, '…'), `${status} ${text}`);

async function eventStream(device: string, bearer: string, lastEventId: string): Promise<string> {
  const abort = new AbortController();
  const answer = await fetch(`${world.url}/v1/sse?device=${device}`, {
    headers: { Authorization: `Bearer ${bearer}`, 'Last-Event-ID': lastEventId },
    signal: abort.signal,
  });
  const reader = answer.body!.getReader();
  let text = String(answer.status);
  // Until what is published now has come: everything before it came as well.
  const mark = `mark ${Math.random()}`;
  await world.publish('ann', mark);
  while (!text.includes(mark)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += Buffer.from(value).toString();
  }
  abort.abort();
  return text;
}

describe("another user's cursor", () => {
  it("is a place in one's own streams at most: nothing of the other is shown, and nothing is moved", async () => {
    const theirs = await poll('b1', bob);
    expect(theirs.text).toContain('of bob 9');
    expect(theirs.text).toContain('of the secret topic');
    const { cursor } = theirs.body as { cursor: string };

    const stolen = await poll('a-thief', ann, cursor);
    expect(stolen.status).toBe(200);
    expect(stolen.text).not.toMatch(/of bob|of the secret/);
    const streamed = await eventStream('a-thief-2', ann, cursor);
    expect(streamed).toMatch(/^200/);
    expect(streamed).not.toMatch(/of bob|of the secret/);

    // Bob still has everything to come: the thief signed for nothing of his.
    const still = await poll('b1', bob);
    expect(still.text).toContain('of bob 1"');
    expect(still.text).toContain('of the secret topic');
  });

  it('tells no more of a topic that exists than of one that does not', async () => {
    const { cursor } = (await poll('b1', bob)).body as { cursor: string };
    const answers: string[] = [];
    for (const topic of ['secret', 'sesame']) {
      // The same cursor, the topic's name replaced by one as long that nobody uses.
      const decoded = cursor.includes('secret') ? cursor.replaceAll('secret', topic) : undefined;
      expect(decoded).toBeDefined();
      const answer = await poll(`prober-${topic}`, ann, decoded);
      const { entries, events, recovery } = answer.body as { entries: unknown[]; events: unknown; recovery: string };
      answers.push(shape({ ...answer, text: JSON.stringify([entries.length, events, recovery]) }, topic));
    }
    expect(answers[0]).toBe(answers[1]);
  });
});

describe('a stream one does not follow', () => {
  const names = ['secret', 'sesame', '@bob', '@nobody', '@', '@me2'];

  it.each(['ack', 'read'])(
    'cannot be signed for, and the answer is the same whether it exists or not: %s',
    async (route) => {
      const answers = new Map<string, string>();
      for (const s of names) {
        const answer = await world.call('POST', `/v1/${route}?device=a1`, { bearer: ann, body: { s, seq: 1 } });
        expect([400, 403, 404]).toContain(answer.status);
        answers.set(s, shape(answer, s));
      }
      expect(answers.get('secret')).toBe(answers.get('sesame'));
      expect(answers.get('@bob')).toBe(answers.get('@nobody'));
    },
  );

  it('cannot be signed for, read or followed over the WebSocket either', async () => {
    const { client } = await RawClient.connect(world.socketUrl, { token: ann, device: 'a-ws' });
    const said = async (frame: object, name: string) => {
      const before = client.frames.length;
      client.send(frame);
      await client.settled();
      return JSON.stringify(client.frames.slice(before)).replaceAll(name, '…');
    };
    for (const op of ['ack', 'read', 'follow']) {
      const told: Record<string, string> = {};
      for (const s of names) told[s] = await said(op === 'follow' ? { op, s, id: 1 } : { op, s, seq: 1 }, s);
      for (const one of Object.values(told)) expect(one).toMatch(/"op":"error","(id|code)"/);
      expect(told.secret).toBe(told.sesame);
      expect(told['@bob']).toBe(told['@nobody']);
    }
    expect(client.received('secret')).toEqual([]);
    client.drop();
  });

  it('is not entered by resuming in it', async () => {
    const epoch = 'e'.repeat(10);
    for (const s of ['secret', '@bob']) {
      const client = await RawClient.open(world.socketUrl);
      client.send({
        op: 'connect',
        token: ann,
        device: 'a-resume',
        resume: { [s]: { epoch, seq: 0 }, '@me': 'start' },
      });
      const connected = await client.until(({ op }) => op === 'connected' || op === 'bye');
      if (connected.op === 'connected') expect(Object.keys(connected.streams)).toEqual(['@me']);
      await client.settled().catch(() => undefined);
      expect(JSON.stringify(client.frames)).not.toMatch(/of bob|of the secret/);
      client.drop();
    }
  });
});

describe('what has an id', () => {
  it('a message of another tenant is as unknown as one that never was, to be read, explained or recalled', async () => {
    const { id } = await world.publish('eve', 'of the other', 'other');
    const made = `${id.slice(0, -6)}zzzzzz`;
    for (const method of ['GET', 'DELETE']) {
      const [foreign, none] = await Promise.all(
        [id, made].map((one) => world.call(method, `/v1/messages/${one}`, { bearer: API_KEY })),
      );
      expect(foreign!.status).toBe(404);
      expect(shape(foreign!, id)).toBe(shape(none!, made));
    }
    expect((await world.call('GET', `/v1/messages/${id}`, { bearer: OTHER_KEY })).status).toBe(200);
  });

  it('a user of the same name in another tenant shares nothing', async () => {
    await world.publish('twin', 'of default');
    await world.publish('twin', 'of other', 'other');
    const inbox = async (bearer: string) => (await world.call('GET', '/v1/users/twin/inbox', { bearer })).text;
    expect(await inbox(API_KEY)).toContain('of default');
    expect(await inbox(API_KEY)).not.toContain('of other');
    expect(await inbox(OTHER_KEY)).not.toContain('of default');

    const token = await world.token('twin', { tenant: 'other' });
    const { client } = await RawClient.connect(world.socketUrl, { token, device: 'd1', resume: { '@me': 'start' } });
    await client.pushes(1);
    await world.publish('twin', 'again, of default');
    await world.publish('twin', 'again, of other', 'other');
    expect((await client.pushes(2)).map(({ data }) => data)).toEqual(['of other', 'again, of other']);
    client.drop();
    // Nor does showing out one of them.
    await world.push.disconnect('default', 'twin');
    const back = await RawClient.connect(world.socketUrl, { token, device: 'd1' });
    back.client.drop();
  });

  it('devices of other users can be neither used nor disturbed with a good token', async () => {
    const theirs = await RawClient.connect(world.socketUrl, { token: bob, device: 'shared-name' });
    const mine = await RawClient.connect(world.socketUrl, { token: ann, device: 'shared-name' });
    await mine.client.settled();
    await theirs.client.settled();
    expect(theirs.client.end).toBeUndefined();
    mine.client.drop();
    theirs.client.drop();
    const bound = await world.token('bob', { device: 'b7' });
    for (const path of ['/v1/poll?device=b1&waitMs=0', '/v1/sse?device=b1']) {
      expect((await world.call('GET', path, { bearer: bound })).status).toBe(403);
    }
    const ack = await world.call('POST', '/v1/ack?device=b1', { bearer: bound, body: { s: '@me', seq: 1 } });
    expect(ack.status).toBe(403);
  });

  it('a client token opens no list, and erases nobody, itself included', async () => {
    const routes = [
      ...['/v1/messages', '/v1/messages?user=bob', '/v1/users', '/v1/users/bob/cursors', '/v1/users/ann/cursors'],
      ...['/v1/topics', '/v1/topics?prefix=sec'],
    ].map((path) => ['GET', path] as const);
    const erasures = ['bob', 'ann'].map((user) => ['DELETE', `/v1/users/${user}`] as const);
    for (const [method, path] of [...routes, ...erasures]) {
      const { status, text } = await world.call(method, path, { bearer: ann });
      expect([path, status, /bob|secret/.test(text)]).toEqual([path, 401, false]);
    }
    expect((await world.push.inbox('default', 'bob')).head).toBeGreaterThan(0);
  });

  it('lists show nothing of another tenant, by whatever name, cursor or time it is asked for', async () => {
    await world.push.putDevice({ tenant: 'default', user: 'bob', device: 'b1' }, { platform: 'ios', tokens: [] });
    const mine = await world.call('GET', '/v1/messages?limit=1', { bearer: API_KEY });
    const { next } = mine.body as { next: string };
    for (const path of [
      ...[`/v1/messages?before=${next}`, '/v1/messages?user=bob', '/v1/messages?topic=secret', '/v1/messages?since=0'],
      ...['/v1/users?prefix=b', '/v1/users/bob/cursors', '/v1/topics?prefix=s'],
    ]) {
      const { status, text } = await world.call('GET', path, { bearer: OTHER_KEY });
      expect([path, status, /bob|secret/.test(text)]).toEqual([path, 200, false]);
    }
  });

  it('erasing a user of the same name takes nothing from it', async () => {
    await world.publish('twin2', 'of default');
    await world.publish('twin2', 'of other', 'other');
    const { status } = await world.call('DELETE', '/v1/users/twin2', { bearer: OTHER_KEY });
    expect(status).toBe(200);
    expect((await world.push.inbox('default', 'twin2')).head).toBe(1);
    expect((await world.push.inbox('other', 'twin2')).head).toBe(0);
    await world.push.identify({ token: await world.token('twin2') }, 'd');
  });

  it('takes as long to be refused as what never was: medians of 300, taken in turn', async () => {
    const { id } = await world.publish('eve', 'of the other', 'other');
    const pairs: [string, () => Promise<Answer>, () => Promise<Answer>][] = [
      [
        'message',
        () => world.call('GET', `/v1/messages/${id}`, { bearer: API_KEY }),
        () => world.call('GET', `/v1/messages/${id.slice(0, -6)}zzzzzz`, { bearer: API_KEY }),
      ],
      [
        'topic',
        () => world.call('POST', '/v1/ack?device=a1', { bearer: ann, body: { s: 'secret', seq: 1 } }),
        () => world.call('POST', '/v1/ack?device=a1', { bearer: ann, body: { s: 'sesame', seq: 1 } }),
      ],
    ];
    for (const [what, exists, doesNot] of pairs) {
      const times: [number[], number[]] = [[], []];
      for (let round = 0; round < 320; round++) {
        for (const [at, ask] of [exists, doesNot].entries()) {
          const begin = performance.now();
          await ask();
          if (round >= 20) times[at]!.push(performance.now() - begin);
        }
      }
      const [one, other] = times.map((list) => list.sort((a, b) => a - b)[list.length / 2]!) as [number, number];
      // Coarse: what can be told apart over a network would be a lookup more, not noise.
      expect({ what, tells: Math.abs(one - other) > Math.max(0.5, 0.5 * Math.min(one, other)) }).toEqual({
        what,
        tells: false,
      });
    }
  });
});
