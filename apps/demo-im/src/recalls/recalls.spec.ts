import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Demo } from '../demo.fixture.js';
import type { History } from '../messages/history.service.js';

describe('a message that is taken back', () => {
  let demo: Demo;
  beforeEach(async () => {
    demo = await Demo.open();
  });
  afterEach(() => demo.close());

  it('loses its text, and devices that have it are told', async () => {
    const bob = demo.push.device('bob', 'phone');
    await bob.connect();
    const { id, roomId } = await demo.say('ann', 'ann-bob', 'Wrong room');
    const pushed = await bob.receives({ data: { id } });

    const ann = await demo.as('ann');
    expect(await ann('DELETE', `/messages/${id}`)).toMatchObject({
      status: 200,
      body: { id, text: '', recalled: true },
    });
    await bob.receives({ type: 'chat.recalled', thread: roomId, data: { id, roomId } });
    await bob.isTold('recall', { id: pushed.id });
    const { body } = await ann<History>('GET', '/rooms/ann-bob/messages?limit=1');
    expect(body.messages).toMatchObject([{ id, text: '', recalled: true }]);
  });

  it('never reaches a device that was away', async () => {
    const bob = demo.push.device('bob', 'phone');
    await bob.connect();
    await bob.drop();
    const { id } = await demo.say('ann', 'ann-bob', 'Wrong room');
    await (
      await demo.as('ann')
    )('DELETE', `/messages/${id}`);
    await bob.reconnect();
    await bob.receives({ type: 'chat.recalled', data: { id } });
    expect(bob.messages.map((message) => message.type)).toEqual(['chat.recalled']);
  });

  it('is not notified of any more', async () => {
    await demo.push.device('bob', 'phone', { platform: 'ios' }).halfOpen();
    const { id } = await demo.say('ann', 'ann-bob', 'Wrong room');
    await (
      await demo.as('ann')
    )('DELETE', `/messages/${id}`);
    await demo.push.notifiesNobody();
  });

  it('may be taken back again, and counts once', async () => {
    const bob = demo.push.device('bob', 'phone');
    await bob.connect();
    const { id } = await demo.say('ann', 'ann-bob', 'Wrong room');
    const ann = await demo.as('ann');
    for (const _ of [1, 2]) expect(await ann('DELETE', `/messages/${id}`)).toMatchObject({ status: 200 });
    await bob.receives({ type: 'chat.recalled' });
    await demo.push.advance('1 min');
    expect(bob.messages.filter(({ type }) => type === 'chat.recalled').length).toBe(1);
  });

  it('is its sender’s', async () => {
    const { id } = await demo.say('ann', 'ann-bob', 'Mine');
    const calls = await Promise.all(['bob', 'cleo'].map((name) => demo.as(name)));
    const answers = await Promise.all(calls.map((call) => call('DELETE', `/messages/${id}`)));
    expect(answers.map(({ status }) => status)).toEqual([403, 404]);
  });
});
