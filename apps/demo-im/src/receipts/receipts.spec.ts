import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Demo } from '../demo.fixture.js';
import type { History } from '../messages/history.service.js';
import type { RoomView } from '../rooms/room-view.js';

describe('receipts', () => {
  let demo: Demo;
  beforeEach(async () => {
    demo = await Demo.open();
  });
  afterEach(() => demo.close());

  const ticks = async (roomId: string) => {
    const { body } = await (await demo.as('ann'))<History>('GET', `/rooms/${roomId}/messages?limit=1`);
    const [{ delivered, read } = { delivered: [], read: [] }] = body.messages;
    return { delivered, read };
  };
  const unread = async (name: string, roomId: string) => {
    const { body } = await (await demo.as(name))<RoomView[]>('GET', '/rooms');
    return body.find((room) => room.id === roomId)?.unread;
  };

  it('say on whose devices a message is, and who has read it', async () => {
    const [ann, bob, cleo] = ['ann', 'bob', 'cleo'].map((name) => demo.push.device(name, 'phone'));
    for (const one of [ann!, bob!, cleo!]) await one.connect();
    await cleo!.drop();
    const { id, ...fresh } = await demo.say('ann', 'weekend', 'Sunscreen!');
    expect(fresh).toMatchObject({ delivered: [], read: [] });
    const receipt = { roomId: 'weekend', messageIds: [id] };
    const pushed = await bob!.receives({ data: { id } });
    await ann!.receivesSignal({ type: 'chat.receipt', data: { ...receipt, user: 'bob', state: 'delivered' } });
    expect(await ticks('weekend')).toEqual({ delivered: ['bob'], read: [] });

    await bob!.reads(pushed);
    await ann!.receivesSignal({ type: 'chat.receipt', data: { ...receipt, user: 'bob', state: 'read' } });
    await cleo!.reconnect();
    await ann!.receivesSignal({ type: 'chat.receipt', data: { ...receipt, user: 'cleo', state: 'delivered' } });
    expect(await ticks('weekend')).toEqual({ delivered: ['bob', 'cleo'], read: ['bob'] });
  });

  it('of the last message cover those before it', async () => {
    const [ann, bob] = ['ann', 'bob'].map((name) => demo.push.device(name, 'phone'));
    for (const one of [ann!, bob!]) await one.connect();
    await bob!.drop();
    const ids: string[] = [];
    for (const text of ['one', 'two', 'three']) ids.push((await demo.say('ann', 'ann-bob', text)).id);
    await bob!.reconnect();
    await bob!.reads(await bob!.receives({ data: { id: ids[2] } }));
    await ann!.receivesSignal({ type: 'chat.receipt', data: { state: 'read', messageIds: [...ids].reverse() } });
  });

  it('are nothing a sender gives himself', async () => {
    const [phone, laptop] = ['phone', 'laptop'].map((device) => demo.push.device('ann', device));
    for (const one of [phone!, laptop!]) await one.connect();
    await demo.say('ann', 'ann-bob', 'To bob');
    await laptop!.reads(await laptop!.receives({ data: { text: 'To bob' } }));
    await demo.push.advance('1 s');
    expect(await ticks('ann-bob')).toEqual({ delivered: [], read: [] });
    expect([...phone!.signals, ...laptop!.signals].filter(({ type }) => type === 'chat.receipt')).toEqual([]);
  });

  it('of one device clear the person’s others', async () => {
    const [phone, laptop] = ['phone', 'laptop'].map((device) => demo.push.device('bob', device));
    for (const one of [phone!, laptop!]) await one.connect();
    await demo.say('ann', 'ann-bob', 'one');
    await demo.say('ann', 'ann-bob', 'two');
    const last = await laptop!.receives({ data: { text: 'two' } });
    expect(await unread('bob', 'ann-bob')).toBe(2);
    await laptop!.reads(last);
    await phone!.isTold('read', { thread: 'ann-bob', unread: 0 });
    await demo.push.advance('1 s');
    expect(await unread('bob', 'ann-bob')).toBe(0);
  });
});
