import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Demo } from '../demo.fixture.js';
import type { History } from './history.service.js';
import type { MessageView } from './message-view.js';

describe('a message', () => {
  let demo: Demo;
  beforeEach(async () => {
    demo = await Demo.open();
  });
  afterEach(() => demo.close());

  const texts = async (roomId: string) => {
    const ann = await demo.as('ann');
    const { body } = await ann<History>('GET', `/rooms/${roomId}/messages?limit=3`);
    return body.messages.map((message) => message.text);
  };

  it('reaches every device of every member once, the sender’s other devices too', async () => {
    const devices = ['ann laptop', 'bob phone', 'bob laptop', 'cleo phone', 'dan phone'].map((name) => {
      const [user = '', device = ''] = name.split(' ');
      return demo.push.device(user, device);
    });
    for (const device of devices) await device.connect();
    const said = await demo.say('ann', 'weekend', 'I bring cake');
    for (const device of devices) {
      const pushed = await device.receives({ type: 'chat.message', thread: 'weekend', data: { text: 'I bring cake' } });
      expect(pushed.data).toEqual(said);
    }
    await demo.push.advance('1 min');
    expect(devices.map((device) => device.messages.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('does not reach who is not in the room', async () => {
    const cleo = demo.push.device('cleo', 'phone');
    await cleo.connect();
    await demo.say('ann', 'ann-bob', 'Between us');
    await cleo.receivesNothing({}, 1000);
    const call = await demo.as('cleo');
    expect(await call('GET', '/rooms/ann-bob/messages')).toMatchObject({ status: 404 });
    expect(await call('POST', '/rooms/ann-bob/messages', { text: 'x', clientId: 'x' })).toMatchObject({ status: 404 });
  });

  it('counts once when the client sends it again, or twice at the same time', async () => {
    const bob = demo.push.device('bob', 'phone');
    await bob.connect();
    const ann = await demo.as('ann');
    const send = () => ann<MessageView>('POST', '/rooms/ann-bob/messages', { text: 'Once', clientId: 'c1' });
    const [first, second] = await Promise.all([send(), send()]);
    const third = await send();
    expect(new Set([first, second, third].map(({ body }) => body.id)).size).toBe(1);
    await bob.receives({ data: { text: 'Once' } });
    await demo.push.advance('1 min');
    expect(bob.messages.length).toBe(1);
    expect(await texts('ann-bob')).toEqual([expect.any(String), expect.any(String), 'Once']);
  });

  it('waits for a device that is away', async () => {
    const bob = demo.push.device('bob', 'phone');
    await bob.connect();
    await bob.drop();
    for (const text of ['one', 'two', 'three']) await demo.say('ann', 'ann-bob', text);
    await bob.reconnect();
    await bob.receives({ data: { text: 'three' } });
    expect(bob.messages.map(({ data }) => (data as MessageView).text)).toEqual(['one', 'two', 'three']);
  });

  it('is neither kept nor pushed where its transaction fails, and both when it is sent again', async () => {
    const bob = demo.push.device('bob', 'phone');
    await bob.connect();
    const before = await texts('ann-bob');
    demo.app.useLogger(false);
    // After the publish, in the same transaction.
    await demo.database.query(
      `CREATE TRIGGER full BEFORE UPDATE OF push_id ON message BEGIN SELECT RAISE(ABORT, 'disk is full'); END`,
    );
    const ann = await demo.as('ann');
    const send = () => ann('POST', '/rooms/ann-bob/messages', { text: 'Lost?', clientId: 'c1' });
    expect(await send()).toMatchObject({ status: 500 });
    await bob.receivesNothing({ type: 'chat.message' }, 1000);
    expect(await texts('ann-bob')).toEqual(before);

    await demo.database.query('DROP TRIGGER full');
    expect(await send()).toMatchObject({ status: 201 });
    await bob.receives({ data: { text: 'Lost?' } });
  });

  it('that fails takes no other along', async () => {
    demo.app.useLogger(false);
    await demo.database.query(
      `CREATE TRIGGER picky BEFORE INSERT ON message WHEN new.text = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END`,
    );
    const ann = await demo.as('ann');
    const answers = await Promise.all(
      ['good', 'bad', 'better'].map((text) => ann('POST', '/rooms/ann-bob/messages', { text, clientId: text })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 500, 201]);
    expect(await texts('ann-bob')).toEqual([expect.any(String), 'good', 'better']);
  });

  it('is found again page by page, from the newest back', async () => {
    const ann = await demo.as('ann');
    const page = async (query: string) => (await ann<History>('GET', `/rooms/weekend/messages${query}`)).body;
    const newest = await page('?limit=4');
    expect([newest.messages.length, newest.more]).toEqual([4, true]);
    const older = await page(`?limit=4&before=${newest.messages[0]?.id}`);
    expect([older.messages.length, older.more]).toEqual([2, false]);
    expect([...older.messages, ...newest.messages]).toEqual((await page('')).messages);
  });
});
