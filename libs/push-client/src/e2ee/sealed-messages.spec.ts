import { MemoryDirectory, MemoryKeys, openE2ee, openNotification, sealedMessages } from './index.js';
import { push } from '../testing/fake-server.js';
import { harness } from '../testing/harness.js';
import { E2eeWorld, said, sealed } from '../testing/e2ee-world.js';

let world: E2eeWorld;
beforeEach(() => (world = new E2eeWorld()));

const frame = (seq: number, data: unknown) => ({ ...push(seq), type: 'chat', thread: 'room', data });
/** Cryptography takes its turns of the event loop, and no clock is asked. */
const until = async (isDone: () => boolean): Promise<void> => {
  while (!isDone()) await new Promise((resolve) => setImmediate(resolve));
};

async function setUp() {
  const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
  const made = harness({}, false);
  const messages = sealedMessages(made.client, bob);
  const seen: unknown[] = [];
  messages.on('unreadable', (message) => void seen.push([message.frame.seq, message.kind]));
  return { ...made, ann, bob, messages, seen };
}

describe('a client’s sealed messages', () => {
  it('are handed over opened, in order, and acknowledged then', async () => {
    const { ann, clock, greet, messages, seen } = await setUp();
    messages.on('message', ({ frame: { seq }, data, sender }) => void seen.push([seq, data, sender.user]));
    const socket = await greet();
    socket.say(frame(1, await sealed(ann, ['bob'], 'one')), frame(2, { plain: 1 }), {
      ...frame(3, await sealed(ann, ['bob'], 'three')),
    });
    await until(() => seen.length === 3);
    expect(seen).toEqual([
      [1, 'one', 'ann'],
      [2, 'notSealed'],
      [3, 'three', 'ann'],
    ]);
    await clock.advance(50);
    expect(socket.acks.at(-1)).toBe('@me:3');
  });

  it('come again where a handler fails, and open again', async () => {
    const { ann, clock, codes, greet, messages, seen, server } = await setUp();
    let fails = true;
    messages.on('message', async ({ data, isAgain }) => {
      seen.push([data, isAgain]);
      if (fails) throw new Error('disk full');
    });
    const data = await sealed(ann, ['bob'], 'one');
    const first = await greet();
    first.say(frame(1, data));
    await until(() => codes().length > 0);
    expect([codes(), first.acks]).toEqual([['CLIENT_HANDLER_FAILED'], []]);
    fails = false;
    await clock.advance(500);
    server.last.open();
    server.last.connected();
    server.last.say(frame(1, data));
    await until(() => seen.length === 2);
    expect(seen).toEqual([
      ['one', false],
      ['one', true],
    ]);
  });

  it('come again where the directory cannot be asked', async () => {
    const { ann, codes, greet, seen } = await setUp();
    const data = await sealed(ann, ['bob'], 'one');
    world.directory.bundlesOf = () => Promise.reject(new Error('offline'));
    const socket = await greet();
    socket.say(frame(1, data));
    await until(() => codes().length > 0);
    expect([codes(), seen, socket.acks]).toEqual([['CLIENT_HANDLER_FAILED'], [], []]);
  });
});

describe('a push in a service worker', () => {
  const pushOf = (data?: unknown) => ({
    data: { id: 'm1', type: 'chat', thread: 'room', ...(data !== undefined && { data: JSON.stringify(data) }) },
  });

  it('shows the words that were sealed, and the page opens the same message after it', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    const data = await sealed(ann, ['bob'], 'Lunch?', { notification: { title: 'Ann', body: 'Lunch?' } });
    expect(await openNotification(bob, pushOf(data))).toEqual({ title: 'Ann', body: 'Lunch?' });
    expect(said(await bob.open(world.entry(data, { id: 'm1' })))).toBe('Lunch?');
  });

  it('leaves the generic words where there are no others', async () => {
    const [ann, bob] = [await world.device('ann/phone'), await world.device('bob/phone')];
    expect(await openNotification(Promise.resolve(bob), pushOf())).toBeUndefined();
    expect(await openNotification(bob, pushOf({ e2ee: 1 }))).toBeUndefined();
    expect(await openNotification(bob, { data: { id: 'm1', data: '{' } })).toBeUndefined();
    expect(await openNotification(bob, pushOf(await sealed(ann, ['bob'], 'x')))).toBeUndefined();
    const some = await sealed(ann, ['bob'], 'x', { notification: { body: 'only this' } });
    expect(await openNotification(bob, pushOf(some))).toEqual({ body: 'only this' });
  });
});

it('without WebCrypto there is no session, and it is said why', async () => {
  const crypto = Object.getOwnPropertyDescriptor(globalThis, 'crypto')!;
  Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
  try {
    const opening = openE2ee({ user: 'a', device: 'd', store: new MemoryKeys(), directory: new MemoryDirectory() });
    await expect(opening).rejects.toThrow('https');
  } finally {
    Object.defineProperty(globalThis, 'crypto', crypto);
  }
});
