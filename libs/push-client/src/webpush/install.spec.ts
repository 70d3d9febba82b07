import { installPush, type InstallPushOptions } from './install.js';
import { standInWorker } from '../testing/stand-in-worker.js';

function setUp(options: InstallPushOptions = {}, pages: string[] = []) {
  const world = standInWorker(pages);
  installPush(world.worker, options);
  return world;
}

const message = (changes: object = {}, data: object = {}) => ({
  ...{ do: 'show', id: 'n1', title: 'Ann', body: 'Hi!', tag: 'room-7' },
  data: { id: 'm1', stream: '@me', seq: '42', ...data },
  ...changes,
});

describe('a push', () => {
  it('is shown, with the unread count on the app', async () => {
    const { push, shown, badges } = setUp({ icon: '/icon.png' });
    await push(message({ image: 'https://x/y.png', badge: 3 }));
    expect(shown).toMatchObject([
      { title: 'Ann', body: 'Hi!', image: 'https://x/y.png', icon: '/icon.png', tag: 'room-7', renotify: true },
    ]);
    expect(badges).toEqual([3]);
  });

  it('takes the place of an earlier one with its tag, and says so aloud', async () => {
    const { push, shown } = setUp();
    await push(message());
    await push(message({ id: 'n2', body: 'Still there?' }, { seq: '43' }));
    expect(shown).toMatchObject([{ body: 'Still there?', renotify: true }]);
  });

  it('that comes twice is shown once, the second time without a noise', async () => {
    const { push, shown } = setUp();
    for (const tag of ['room-7', undefined]) {
      await push(message({ tag }));
      await push(message({ tag }));
    }
    expect(shown.map(({ tag, renotify }) => [tag, renotify])).toEqual([
      ['room-7', false],
      ['n1', false],
    ]);
  });

  it('that was overtaken does not replace the newer one', async () => {
    const { push, shown } = setUp();
    await push(message({ id: 'n2', body: 'newer' }, { seq: '43' }));
    await push(message({ body: 'older' }));
    expect(shown).toMatchObject([{ body: 'newer' }]);
  });

  it('is looked at after those before it, however close they came', async () => {
    const { push, shown } = setUp();
    await Promise.all([push(message({ id: 'n2', body: 'newer' }, { seq: '43' })), push(message({ body: 'older' }))]);
    expect(shown).toMatchObject([{ body: 'newer' }]);
  });

  it.each(['', 'not JSON', '[]', 'null', '{"v":2,"do":"show","id":"x"}', '{"v":1,"do":"dance","id":"x"}'])(
    'that cannot be read (%s) is shown all the same: who shows nothing loses the subscription',
    async (text) => {
      const { push, shown } = setUp({ fallbackTitle: 'Something new' });
      await push(text);
      expect(shown).toMatchObject([{ title: 'Something new' }]);
    },
  );

  it('of hostile fields is shown with those that are text', async () => {
    const { push, shown } = setUp();
    await push(message({ title: { a: 1 }, body: 7, data: { id: 'm1', seq: {} } }));
    expect(shown).toMatchObject([{ title: 'New message', body: undefined, data: { data: { id: 'm1' } } }]);
  });

  it('without its text is filled by the app, and shown as it came where the app fails', async () => {
    const fill = jest.fn<Promise<object>, []>().mockResolvedValueOnce({ title: 'Ann', body: 'fetched' });
    const { push, shown } = setUp({ fill });
    await push(message({ title: 'New message', body: undefined, mutable: true }));
    expect(shown).toMatchObject([{ title: 'Ann', body: 'fetched' }]);
    fill.mockRejectedValueOnce(new Error('offline'));
    await push(message({ id: 'n2', title: 'New message', body: undefined, mutable: true }, { seq: '43' }));
    expect(shown).toMatchObject([{ title: 'New message' }]);
  });

  it('whose words only this device can read shows them, and the generic ones where it cannot', async () => {
    const reveal = jest.fn<Promise<object | undefined>, []>().mockResolvedValueOnce({ title: 'Ann', body: 'Lunch?' });
    const { push, shown } = setUp({ reveal });
    await push(message({ title: undefined, body: 'New message' }));
    expect(shown).toMatchObject([{ title: 'Ann', body: 'Lunch?' }]);
    reveal.mockResolvedValueOnce(undefined).mockRejectedValueOnce(new Error('no keys'));
    for (const [id, seq] of [
      ['n2', '43'],
      ['n3', '44'],
    ]) {
      await push(message({ id, title: undefined, body: 'New message' }, { seq }));
      expect(shown).toMatchObject([{ title: 'New message', body: 'New message' }]);
    }
  });
});

describe('a push that takes one back', () => {
  it('closes the one it names, and corrects the count', async () => {
    const { push, shown, badges } = setUp();
    await push(message());
    await push({ do: 'close', id: 'n1', tag: 'room-7', badge: 0 });
    expect([shown, badges]).toEqual([[], [0]]);
  });

  it('leaves a newer one in the same place alone', async () => {
    const { push, shown } = setUp();
    await push(message());
    await push(message({ id: 'n2' }, { seq: '43' }));
    await push({ do: 'close', id: 'n1', tag: 'room-7', badge: 1 });
    expect(shown).toHaveLength(1);
  });
});

describe('a click', () => {
  it('opens where the app says, and tells the server', async () => {
    const [opened, acknowledge] = [jest.fn(), jest.fn()];
    const world = setUp({ open: ({ data }) => `/rooms?m=${data.id}`, opened, acknowledge });
    await world.push(message());
    const [notification] = world.shown;
    await world.click();
    expect(world.opened).toEqual(['https://app.example/rooms?m=m1']);
    expect(world.shown).toEqual([]);
    for (const told of [opened, acknowledge]) expect(told).toHaveBeenCalledWith(notification?.data);
  });

  it('goes to the page that shows it, or else to any page of the app, which is told', async () => {
    const pages = ['https://other.example/rooms', 'https://app.example/home', 'https://app.example/rooms'];
    for (const [open, focused] of [
      ['/rooms', 'https://app.example/rooms'],
      ['/else', 'https://app.example/home'],
    ] as const) {
      const world = setUp({ open: () => open }, pages);
      await world.push(message());
      await world.click();
      expect([world.focused, world.opened]).toEqual([[focused], []]);
      expect(world.told).toMatchObject([{ url: focused, message: { url: `https://app.example${open}` } }]);
    }
  });

  it.each([
    'javascript:alert(1)',
    'https://evil.example/',
    '//evil.example/',
    'data:text/html,x',
    'http://app.example/',
  ])('never leads out of the app: %s', async (target) => {
    const world = setUp({ open: () => target });
    await world.push(message());
    await world.click();
    expect(world.opened).toEqual(['https://app.example/']);
  });

  it('opens the page though the app throws and the server cannot be told', async () => {
    const fails = () => Promise.reject(new Error('offline'));
    const world = setUp({ opened: fails, acknowledge: fails });
    await world.push(message());
    await world.click();
    expect(world.opened).toEqual(['https://app.example/']);
  });

  it('on a notification of somebody else is left to them', async () => {
    const world = setUp();
    const close = jest.fn();
    await world.dispatch('notificationclick', { notification: { data: { mine: true }, close } });
    expect(close).not.toHaveBeenCalled();
  });
});

it('a subscription that the browser changed is made anew with its key, and registered', async () => {
  const register = jest.fn();
  const { dispatch, manager } = setUp({ register });
  const key = new Uint8Array([4, 251, 255, 0]).buffer;
  const oldSubscription = { options: { applicationServerKey: key } };
  await dispatch('pushsubscriptionchange', { oldSubscription });
  expect(register).toHaveBeenCalledWith({ endpoint: 'https://push.example/1', keys: { p256dh: 'p', auth: 'a' } });
  expect(manager.current()?.options?.applicationServerKey).toEqual(key);
});
