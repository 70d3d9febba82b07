import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTypeOrmStore } from 'nest-push/typeorm';
import { InProcessBusHub, type Bus, type BusStatus, type Hint, type Plugin } from 'push-core';
import { eventually } from '../support/eventually.js';
import { goIn, turnedAway, WAYS_IN, type Visitor } from './support/visitors.js';
import { World } from './support/world.js';

jest.setTimeout(60_000);

/** From the call until the last link is gone. Milliseconds. */
const AT_MOST = 5_000;

/** Loses everything while it is cut. */
class CuttableBus implements Bus {
  lost = 0;
  constructor(
    private readonly inner: Bus,
    private readonly cable: { isCut: boolean },
  ) {}
  open(node: string): Promise<void> {
    return this.inner.open(node);
  }
  send(node: string, hints: readonly Hint[]): Promise<void> {
    return this.cable.isCut ? this.lose(hints) : this.inner.send(node, hints);
  }
  broadcast(hints: readonly Hint[]): Promise<void> {
    return this.cable.isCut ? this.lose(hints) : this.inner.broadcast(hints);
  }
  status(): BusStatus {
    return this.inner.status();
  }
  onHints(listener: (hints: readonly Hint[]) => void): () => void {
    return this.inner.onHints(listener);
  }
  close(): Promise<void> {
    return this.inner.close();
  }
  private lose(hints: readonly Hint[]): Promise<void> {
    this.lost += hints.length;
    return Promise.resolve();
  }
}

describe('somebody who may no longer be there', () => {
  const cable = { isCut: false };
  const banned = new Set<string>();
  const bouncer: Plugin = {
    name: 'bouncer',
    hooks: {
      connect: ({ identity }) => (banned.has(identity.user) ? { allow: false, reason: 'banned' } : { allow: true }),
    },
  };
  let dir: string;
  let here: World;
  let there: World;
  const buses: CuttableBus[] = [];
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'push-security-'));
    const hub = new InProcessBusHub();
    const node = (name: string) => {
      const bus = new CuttableBus(hub.join(), cable);
      buses.push(bus);
      const store = createTypeOrmStore({ url: `sqlite:${path.join(dir, 'push.db')}` });
      return World.start({ store, bus, node: name, plugins: [bouncer] });
    };
    here = await node('here');
    there = await node('there');
  });
  afterAll(async () => {
    cable.isCut = false;
    await here?.close();
    await there?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  let users = 0;
  const newUser = () => `user-${(users += 1)}`;
  /** One device a way in, on both nodes. */
  async function everywhere(user: string, token: string): Promise<{ name: string; visitor: Visitor }[]> {
    const visits: { name: string; visitor: Visitor }[] = [];
    for (const world of [here, there]) {
      for (const [at, way] of Object.keys(WAYS_IN).entries()) {
        const name = `${way} ${world === here ? 'here' : 'there'}`;
        const device = `${user}-${at}-${world === here ? 'h' : 't'}`;
        visits.push({ name, visitor: await goIn(way, world, { token, device }) });
      }
    }
    return visits;
  }
  /** How long each took to be gone. */
  async function emptied(visits: { name: string; visitor: Visitor }[], since: number): Promise<Record<string, number>> {
    const waits = await Promise.all(
      visits.map(async ({ name, visitor }) => {
        const patience = new Promise<string>((_, reject) =>
          setTimeout(() => reject(new Error(`${name} is still in`)), 15_000).unref(),
        );
        await Promise.race([visitor.ended, patience]);
        return [name, performance.now() - since] as const;
      }),
    );
    return Object.fromEntries(waits);
  }
  async function nobodyIn(user: string, token: string): Promise<string[]> {
    const said: string[] = [];
    for (const world of [here, there]) {
      for (const [at, way] of Object.keys(WAYS_IN).entries()) {
        // The very devices, which would resume where they were.
        const device = `${user}-${at}-${world === here ? 'h' : 't'}`;
        said.push(await turnedAway(way, world, { token, device }));
      }
    }
    return said;
  }

  it.each([
    ['with the bus', false],
    ['with the bus cut', true],
  ])(
    'is shown out of every transport on all nodes within 5 s of "disconnect", and cannot resume: %s',
    async (_, cut) => {
      const user = newUser();
      const token = await here.token(user);
      const bystander = await goIn('WebSocket', there, { token: await here.token(`not-${user}`), device: 'd1' });
      const visits = await everywhere(user, token);
      cable.isCut = cut;
      const lostBefore = buses[0]!.lost;

      const since = performance.now();
      await here.push.disconnect('default', user);
      const waits = await emptied(visits, since);
      cable.isCut = false;
      if (cut) expect(buses[0]!.lost).toBeGreaterThan(lostBefore);
      expect(Math.max(...Object.values(waits))).toBeLessThan(AT_MOST);

      const said = await nobodyIn(user, token);
      for (const one of said) expect(one).toMatch(/3502|REVOKED|revoked|"reasonCode":13[45]/);
      expect((await here.call('POST', '/v1/tickets?device=x', { bearer: token })).body.code).toBe('REVOKED');
      expect((await there.call('POST', '/v1/ack?device=x', { bearer: token, body: { s: '@me', seq: 0 } })).status).toBe(
        401,
      );

      // What was not theirs to lose: the others stay, and a new token finds everything.
      await here.publish(`not-${user}`, 'still here');
      await eventually(() => bystander.got.some((text) => text.includes('still here')));
      bystander.leave();
      await here.publish(user, 'meanwhile');
      const back = await goIn('long poll', there, { token: await there.token(user), device: `${user}-2-t` });
      await eventually(() => back.got.some((text) => text.includes('meanwhile')));
      back.leave();
    },
  );

  it('is shown out of every transport on all nodes within 5 s of the end of the token, and cannot resume', async () => {
    const user = newUser();
    const token = await here.token(user, { ttl: 2 });
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { exp: number };
    const visits = await everywhere(user, token);
    const untilEnd = exp * 1000 - Date.now();
    const waits = await emptied(visits, performance.now() + untilEnd);
    expect(Math.max(...Object.values(waits))).toBeLessThan(AT_MOST);
    expect(Math.min(...Object.values(waits))).toBeGreaterThan(-50);
    for (const one of await nobodyIn(user, token)) expect(one).toMatch(/3501|TOKEN_EXPIRED|"reasonCode":13[45]/);
  });

  it('who is banned comes in no more, with no old and no new token, over no transport', async () => {
    const user = newUser();
    const visits = await everywhere(user, await here.token(user));
    banned.add(user);
    const since = performance.now();
    await there.push.disconnect('default', user);
    expect(Math.max(...Object.values(await emptied(visits, since)))).toBeLessThan(AT_MOST);
    const said = await nobodyIn(user, await here.token(user));
    for (const one of said) expect(one).toMatch(/banned|REFUSED|3502|"reasonCode":13[45]/);
    banned.delete(user);
    (await goIn('WebSocket', here, { token: await here.token(user), device: 'd1' })).leave();
  });
});
