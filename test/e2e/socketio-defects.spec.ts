import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ByeFrame, ResumePoint } from 'push-core/wire';
import { eventually } from '../support/eventually.js';
import { startHost } from '../support/host-app.js';
import { RawClient } from '../support/raw-client.js';
import { ServerProcess } from '../support/server.js';

/** What Socket.IO's connection state recovery is known to fail at, each with the issue that tells it. */
describe('recovery where Socket.IO has none', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await ServerProcess.start();
  });
  afterAll(() => server?.remove());

  async function connect(user: string, resume?: ResumePoint) {
    const token = await server.token(user);
    return RawClient.connect(server.socketUrl, { token, device: 'd1', resume: resume && { '@me': resume } });
  }
  const seqs = (client: RawClient) => client.received().map(({ seq }) => seq);

  it('recovers a connection that had received no event before it dropped (socketio/socket.io#5538)', async () => {
    const first = await connect('zero');
    const { epoch, from } = first.connected.streams['@me']!;
    first.client.drop();
    for (let n = 1; n <= 3; n++) await server.publish('zero', n);
    const { client, connected } = await connect('zero', { epoch, seq: from });
    expect(connected.streams['@me']).toMatchObject({ recovery: 'complete', head: 3, from: 0 });
    await client.pushes(3);
    expect(seqs(client)).toEqual([1, 2, 3]);
    client.drop();
  });

  it('recovers a quiet connection after others’ traffic went beyond what is kept (socketio/socket.io#5282)', async () => {
    const host = await startHost({ retention: { maxEntries: 10, everyMs: 50 } });
    const token = await host.token('quiet');
    await host.push.publish({ to: { users: ['quiet'] }, type: 'before' });
    const first = await RawClient.connect(host.socketUrl, { token, device: 'd1', resume: { '@me': 'start' } });
    await first.client.pushes(1);
    const { epoch } = first.connected.streams['@me']!;
    first.client.drop();

    for (let n = 0; n < 300; n++) await host.push.publish({ to: { users: [`busy-${n % 3}`] }, type: 'noise' });
    await eventually(async () => (await host.push.inbox('busy-0')).first === 91);
    await host.push.publish({ to: { users: ['quiet'] }, type: 'after' });

    const { client, connected } = await RawClient.connect(host.socketUrl, {
      token,
      device: 'd1',
      resume: { '@me': { epoch, seq: 1 } },
    });
    expect(connected.streams['@me']).toMatchObject({ recovery: 'complete', from: 1, head: 2 });
    expect((await client.pushes(1))[0]).toMatchObject({ seq: 2, type: 'after' });
    client.drop();
    await host.close();
  });

  it('recovers twice in a row (socketio/socket.io#4880)', async () => {
    let { client, connected } = await connect('twice');
    const { epoch } = connected.streams['@me']!;
    for (let round = 0; round < 4; round++) {
      client.drop();
      await server.publish('twice', round);
      ({ client, connected } = await connect('twice', { epoch, seq: round }));
      expect(connected.streams['@me']).toMatchObject({ recovery: 'complete', from: round, head: round + 1 });
      await client.pushes(1);
      expect(seqs(client)).toEqual([round + 1]);
    }
    client.drop();
  });

  it('shows no id a second time at the second recovery (socketio/socket.io#5419)', async () => {
    const first = await connect('ids');
    const { epoch } = first.connected.streams['@me']!;
    const ids: string[] = [];
    let seq = 0;
    const take = async (client: RawClient, count: number) => {
      for (const push of await client.pushes(count)) {
        ids.push(push.id);
        seq = push.seq;
      }
    };
    await server.publish('ids', 1);
    await take(first.client, 1);
    first.client.drop();
    await server.publish('ids', 2);
    const second = await connect('ids', { epoch, seq });
    await take(second.client, 1);
    second.client.drop();
    await server.publish('ids', 3);
    const third = await connect('ids', { epoch, seq });
    await take(third.client, 1);
    await third.client.settled();
    expect(third.client.received()).toHaveLength(1);
    expect(new Set(ids).size).toBe(3);
    third.client.drop();
  });

  it('recovers although the node was killed with -9 (redis-streams-adapter#27)', async () => {
    const first = await connect('crash');
    const { epoch } = first.connected.streams['@me']!;
    await server.publish('crash', 1);
    await first.client.pushes(1);
    const answered = server.publish('crash', 2);
    await answered;
    expect((await server.end('SIGKILL')).signal).toBe('SIGKILL');
    await first.client.ended();

    server = await server.restart();
    await server.publish('crash', 3);
    const { client, connected } = await connect('crash', { epoch, seq: 1 });
    expect(connected.streams['@me']).toEqual({ epoch, head: 3, from: 1, recovery: 'complete' });
    await client.pushes(2);
    expect(client.received().map(({ seq, data }) => [seq, data])).toEqual([
      [2, 2],
      [3, 3],
    ]);
    client.drop();
  });

  it('recovers before the server has seen the old connection close (redis-streams-adapter#26)', async () => {
    const first = await connect('hasty');
    const { epoch } = first.connected.streams['@me']!;
    await server.publish('hasty', 1);
    await first.client.pushes(1);
    // The old socket stays open and says nothing, as on a phone that changed its network.
    for (let n = 0; n < 10; n++) {
      const { client, connected } = await connect('hasty', { epoch, seq: 0 });
      expect(connected.streams['@me']).toMatchObject({ recovery: 'complete', from: 0, head: 1 });
      await client.pushes(1);
      if (n === 0)
        expect(await first.client.until<ByeFrame>((frame) => frame.op === 'bye')).toMatchObject({ code: 3003 });
    }
  });

  it('gives nothing back to whom rights were revoked in between (skipMiddlewares)', async () => {
    const revoked = new Set<string>();
    const host = await startHost({
      plugins: [
        {
          name: 'revocation',
          hooks: {
            connect: ({ identity }) =>
              revoked.has(identity.user) ? { allow: false, reason: 'revoked' } : { allow: true },
          },
        },
      ],
    });
    const token = await host.token('ex', { topics: ['board'] });
    const first = await RawClient.connect(host.socketUrl, { token, device: 'd1' });
    first.client.send({ op: 'follow', s: 'board', id: 1 });
    await first.client.until((frame) => frame.op === 'ok');
    const { epoch } = first.connected.streams['@me']!;
    first.client.drop();
    await host.push.publish({ to: { users: ['ex'] }, type: 'secret' });

    // The right to a topic alone: a new token without it, and a resume that names it.
    const less = await RawClient.connect(host.socketUrl, {
      token: await host.token('ex'),
      device: 'd1',
      resume: { board: 'start' },
    });
    await host.push.publish({ to: { topics: ['board'] }, type: 'secret' });
    await less.client.pushes(1);
    await less.client.settled();
    expect(less.connected.streams.board).toBeUndefined();
    expect(less.client.received('board')).toEqual([]);
    less.client.drop();

    revoked.add('ex');
    const again = await RawClient.open(host.socketUrl);
    again.send({ op: 'connect', token, device: 'd1', resume: { '@me': { epoch, seq: 0 } } });
    expect((await again.ended()).code).toBe(3502);
    expect(again.received()).toEqual([]);
    await host.close();
  });
});
