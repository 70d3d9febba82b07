import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Demo } from '../demo.fixture.js';

describe('presence', () => {
  let demo: Demo;
  beforeEach(async () => {
    demo = await Demo.open();
  });
  afterEach(() => demo.close());

  const presences = (device: { signals: readonly { type: string; data: unknown }[] }) =>
    device.signals.filter(({ type }) => type === 'presence').map(({ data }) => data);

  it('is told to those who share a room, when somebody comes and when the last device goes', async () => {
    const ann = demo.push.device('ann', 'phone');
    await ann.connect();
    const [phone, laptop] = ['phone', 'laptop'].map((device) => demo.push.device('bob', device));
    await phone!.connect();
    await ann.receivesSignal({ type: 'presence', data: { user: 'bob', online: true } });
    await laptop!.connect();
    await laptop!.drop();
    await demo.push.advance('2 min');
    expect(presences(ann).length).toBe(1);
    await phone!.drop();
    await ann.receivesSignal({ type: 'presence', data: { user: 'bob', online: false } }, { withinMs: 120_000 });
    const call = await demo.as('ann');
    const { body } = await call<object[]>('GET', '/people');
    expect(body).toMatchObject([
      { id: 'ann', displayName: 'Ann Lee', online: true },
      { id: 'bob', online: false, lastSeenAt: expect.any(Number) },
      { id: 'cleo', online: false },
      { id: 'dan', online: false },
    ]);
  });

  it('is nobody’s business who shares no room', async () => {
    const stranger = { name: 'eve', displayName: 'Eve', password: 'apple' };
    expect(await demo.call('POST', '/register', stranger)).toMatchObject({ status: 201 });
    const eve = demo.push.device('eve', 'phone');
    await eve.connect();
    await demo.push.device('bob', 'phone').connect();
    await demo.push.advance('2 min');
    expect(presences(eve)).toEqual([]);
  });
});
