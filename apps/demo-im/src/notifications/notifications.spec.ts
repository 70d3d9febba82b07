import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Demo } from '../demo.fixture.js';

describe('a phone that is away', () => {
  let demo: Demo;
  beforeEach(async () => {
    demo = await Demo.open();
  });
  afterEach(() => demo.close());

  it('is notified when no device has the message after three seconds', async () => {
    // Nobody knows yet that its line is dead: without any line it would be notified at once.
    await demo.push.device('bob', 'phone', { platform: 'ios' }).halfOpen();
    await demo.say('ann', 'ann-bob', 'Are you there?');
    await demo.push.advance('2900 ms');
    expect(demo.push.notified).toEqual([]);
    await demo.push.notifies('bob', { title: 'Ann Lee', body: 'Are you there?' });
    expect(demo.push.notified.length).toBe(1);
  });

  it('is told the room of a group, too', async () => {
    demo.push.device('dan', 'phone', { platform: 'android' });
    await demo.say('cleo', 'weekend', '带泳衣!');
    await demo.push.notifies('dan', { title: 'Cleo Park · Weekend', body: '带泳衣!' });
  });

  it('stays silent when another device of the person has it', async () => {
    demo.push.device('bob', 'phone', { platform: 'ios' });
    const laptop = demo.push.device('bob', 'laptop');
    await laptop.connect();
    await demo.say('ann', 'ann-bob', 'Are you there?');
    await laptop.reads(await laptop.receives({ data: { text: 'Are you there?' } }));
    await demo.push.notifiesNobody();
  });

  it('stays silent about what its own person wrote', async () => {
    demo.push.device('ann', 'phone', { platform: 'ios' });
    demo.push.device('bob', 'phone', { platform: 'ios' });
    await demo.say('ann', 'ann-bob', 'I wrote it in a browser that is closed now');
    await demo.push.notifies('bob', { title: 'Ann Lee' });
    await demo.push.advance('1 min');
    expect(demo.push.notified.map(({ user }) => user)).toEqual(['bob']);
  });

  it('has its story told', async () => {
    demo.push.device('bob', 'phone', { platform: 'ios' });
    const { id } = await demo.say('ann', 'ann-bob', 'Are you there?');
    await demo.push.notifies('bob', {});
    const ann = await demo.as('ann');
    const { body } = await ann<Record<string, { outcome: string }>>('GET', `/explain/${id}`);
    expect(body).toEqual({ bob: expect.objectContaining({ user: 'bob', outcome: 'notified' }) });
    expect(await ann('GET', `/explain/${id}?user=cleo`)).toMatchObject({
      status: 400,
      body: { message: 'user: cleo is not in this room' },
    });
  });
});
