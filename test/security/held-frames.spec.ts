import { afterEach, describe, expect, it } from '@jest/globals';
import { createMemoryStore, LIMITS, type Authentication, type Authenticator } from 'push-core';
import { eventually } from '../support/eventually.js';
import { heldBytes } from './support/heap.js';
import { clientFrame, RawSocket, upgradeRequest } from './support/raw-socket.js';
import { World } from './support/world.js';

const FRAMES = 10_000;
const CONNECT = clientFrame(JSON.stringify({ op: 'connect', token: 'anything', device: 'd1' }));

/** Tells when it was asked, and answers when told to. */
class SlowAuthenticator implements Authenticator {
  asked = 0;
  private readonly answers: (() => void)[] = [];

  authenticate(): Promise<Authentication> {
    this.asked += 1;
    return new Promise((resolve) =>
      this.answers.push(() =>
        resolve({ kind: 'valid', identity: { tenant: 'default', user: 'ann', topics: ['t.*'] } }),
      ),
    );
  }

  admitAll(): void {
    for (const answer of this.answers.splice(0)) answer();
  }
}

/** Counts what a handled `follow` would write. */
function watchedStore() {
  const store = createMemoryStore();
  const written: string[] = [];
  const setFollow = store.topics.setFollow.bind(store.topics);
  store.topics.setFollow = (device, follow) => {
    written.push(follow.topic);
    return setFollow(device, follow);
  };
  return { store, written };
}

describe('frames that come before it is known who sends them', () => {
  let world: World;
  const sockets: RawSocket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.drop();
    await world?.close();
  });
  const say = async (...parts: (string | Buffer)[]) => {
    const socket = await RawSocket.say(world.port, ...parts);
    sockets.push(socket);
    return socket;
  };
  const follow = (n: number) => clientFrame(JSON.stringify({ op: 'follow', s: `t.${n}`, id: n }));
  const follows = (count: number) => Buffer.concat(Array.from({ length: count }, (_, n) => follow(n)));

  it('are held and handled in order once it is admitted, as long as they are few', async () => {
    const authenticator = new SlowAuthenticator();
    const { store, written } = watchedStore();
    world = await World.start({ authenticator, store });
    const few = LIMITS.framesBeforeConnected;
    const socket = await say(upgradeRequest(), CONNECT, follows(few));
    await eventually(() => authenticator.asked === 1);
    expect(written).toEqual([]);
    expect(socket.objects).toEqual([]);

    authenticator.admitAll();
    await socket.until(({ objects }) => objects.filter(({ op }) => op === 'ok').length === few);
    expect(socket.objects[0]).toMatchObject({ op: 'connected' });
    expect(written).toEqual(Array.from({ length: few }, (_, n) => `t.${n}`));
  });

  it('are ten thousand, pipelined with the upgrade: none is handled, the link is closed, nothing is kept', async () => {
    const authenticator = new SlowAuthenticator();
    const { store, written } = watchedStore();
    world = await World.start({ authenticator, store });
    const crowd = follows(FRAMES);
    const attack = [upgradeRequest(), CONNECT, crowd];
    // Once before it is measured: what is compiled and cached at the first time is not the attacker's.
    await (await say(...attack)).farewell();

    const before = heldBytes();
    const attackers = await Promise.all(Array.from({ length: 10 }, () => say(...attack)));
    // Others wait until the verdict is being thought about.
    const patient = await Promise.all(Array.from({ length: 10 }, () => say(upgradeRequest(), CONNECT)));
    await eventually(() => authenticator.asked >= patient.length);
    for (const { tcp } of patient) tcp.write(crowd);
    attackers.push(...patient);
    for (const socket of attackers) {
      expect(await socket.farewell()).toBe(3504);
      expect(socket.objects).toEqual([{ op: 'bye', code: 3504, reconnect: false, reason: 'protocol violation' }]);
    }
    // Verdicts are still out: this is what twenty attackers occupy. They sent 9 MB.
    expect(heldBytes() - before).toBeLessThan(1024 * 1024);

    authenticator.admitAll();
    await eventually(() => world.push.status().connections === 0);
    expect(written).toEqual([]);
  });

  it('hold 64 KiB at most, in however many frames and lines they come', async () => {
    world = await World.start({ authenticator: new SlowAuthenticator() });
    const line = JSON.stringify({ op: 'follow', s: 't'.repeat(128) });
    const lines = Array.from({ length: 200 }, () => line).join('\n');
    expect(lines.length).toBeLessThan(LIMITS.clientFrameBytes);
    const fits = Math.floor(LIMITS.bytesBeforeConnected / lines.length);

    const quiet = await say(upgradeRequest(), CONNECT, ...Array.from({ length: fits }, () => clientFrame(lines)));
    const greedy = await say(upgradeRequest(), CONNECT, ...Array.from({ length: fits + 1 }, () => clientFrame(lines)));
    expect(await greedy.farewell()).toBe(3504);
    expect(quiet.isEnded).toBe(false);
    expect(world.push.status().connections).toBe(1);

    // In the frame that connects as well: the lines behind it wait like frames.
    const connect = JSON.stringify({ op: 'connect', token: 'x', device: 'd2' });
    const joined = [connect, ...Array.from({ length: 65 }, () => '{"op":"ping"}')].join('\n');
    const joiner = await say(upgradeRequest(), clientFrame(joined));
    expect(await joiner.farewell()).toBe(3504);
  });

  it('are no frames at all before "connect": the first one ends it, and nobody is asked', async () => {
    const authenticator = new SlowAuthenticator();
    const { store, written } = watchedStore();
    world = await World.start({ authenticator, store });
    // The token is good and came with the upgrade; the first frame still has to be `connect`.
    const headers = { Authorization: 'Bearer anything' };
    const socket = await say(upgradeRequest({ headers }), follows(FRAMES));
    expect(await socket.farewell()).toBe(3504);
    expect(authenticator.asked).toBe(0);
    expect(written).toEqual([]);
  });

  it('are not handled where the verdict is no', async () => {
    const { store, written } = watchedStore();
    world = await World.start({ authenticator: { authenticate: async () => ({ kind: 'invalid' }) }, store });
    const socket = await say(upgradeRequest(), CONNECT, follows(60));
    expect(await socket.farewell()).toBe(3500);
    expect(written).toEqual([]);
  });
});
