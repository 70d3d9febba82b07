import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Demo } from '../demo.fixture.js';
import type { RoomView } from './room-view.js';

describe('a room', () => {
  let demo: Demo;
  beforeEach(async () => {
    demo = await Demo.open();
  });
  afterEach(() => demo.close());

  it('is known to its members as soon as it is there', async () => {
    const [bob, cleo] = ['bob', 'cleo'].map((name) => demo.push.device(name, 'phone'));
    for (const one of [bob!, cleo!]) await one.connect();
    const ann = await demo.as('ann');
    const { body: room } = await ann<RoomView>('POST', '/rooms', { title: 'Cinema', members: ['bob'] });
    expect(room).toMatchObject({ kind: 'group', title: 'Cinema', members: ['ann', 'bob'], unread: 0 });
    expect((await bob!.receives({ type: 'chat.room' })).data).toEqual(room);
    await cleo!.receivesNothing({}, 1000);
  });

  it('of two is opened once, by whichever of them', async () => {
    const [ann, cleo] = await Promise.all(['ann', 'cleo'].map((name) => demo.as(name)));
    const { body: first } = await ann!<RoomView>('POST', '/rooms', { members: ['cleo'] });
    const { body: second } = await cleo!<RoomView>('POST', '/rooms', { members: ['ann'] });
    expect([first.kind, second.id]).toEqual(['direct', first.id]);
  });

  it('comes first in the list when something was said in it', async () => {
    const ann = await demo.as('ann');
    const ids = async () => (await ann<RoomView[]>('GET', '/rooms')).body.map((room) => room.id);
    expect(await ids()).toEqual(['ann-bob', 'weekend']);
    const last = await demo.say('dan', 'weekend', 'Hello?');
    expect(await ids()).toEqual(['weekend', 'ann-bob']);
    const { body } = await ann<RoomView[]>('GET', '/rooms');
    expect(body[0]).toMatchObject({ unread: 1, last: { id: last.id } });
  });

  it('shows who is typing to the others only', async () => {
    const [ann, laptop, bob, cleo] = ['ann phone', 'ann laptop', 'bob phone', 'cleo phone'].map((name) => {
      const [user = '', device = ''] = name.split(' ');
      return demo.push.device(user, device);
    });
    for (const one of [ann!, laptop!, bob!, cleo!]) await one.connect();
    const call = await demo.as('ann');
    expect(await call('POST', '/rooms/ann-bob/typing')).toMatchObject({ status: 204 });
    await bob!.receivesSignal({ type: 'chat.typing', data: { roomId: 'ann-bob', from: 'ann' } });
    const told = [ann!, laptop!, cleo!].map((one) => one.signals.filter(({ type }) => type === 'chat.typing').length);
    expect(told).toEqual([0, 0, 0]);
  });
});
