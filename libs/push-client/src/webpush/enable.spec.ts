import { disableWebPush, enableWebPush, type Permission } from './enable.js';
import { standInManager } from '../testing/stand-in-worker.js';

const KEY = 'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8';
const OTHER = `${KEY.slice(0, -1)}4`;

function setUp(permission: Permission = 'granted', answer: Permission = 'granted') {
  const { manager, ...rest } = standInManager();
  const registered: string[] = [];
  const notifications = { permission, requestPermission: jest.fn(async () => answer) };
  const enable = (changes: object = {}) =>
    enableWebPush({
      registration: { pushManager: manager },
      publicKey: KEY,
      register: ({ endpoint }) => registered.push(endpoint),
      notifications,
      ...changes,
    });
  return { ...rest, manager, enable, registered, notifications };
}

it('subscribes with the key, and registers', async () => {
  const { enable, registered, current } = setUp();
  expect(await enable()).toEqual({
    kind: 'enabled',
    token: { endpoint: 'https://push.example/1', keys: { p256dh: 'p', auth: 'a' } },
  });
  expect(registered).toEqual(['https://push.example/1']);
  const key = current()?.options?.applicationServerKey as ArrayBuffer;
  expect(Buffer.from(key).toString('base64url')).toBe(KEY);
});

it('keeps a subscription, and registers it at every start: the server may have forgotten it', async () => {
  const { enable, registered, calls } = setUp();
  await enable();
  await enable();
  expect(calls).toEqual(['subscribe']);
  expect(registered).toEqual(['https://push.example/1', 'https://push.example/1']);
});

it('subscribes anew where the subscription was lost, or the key is another', async () => {
  const { enable, registered, calls, lose } = setUp();
  await enable();
  lose();
  await enable();
  await enable({ publicKey: OTHER });
  expect(calls).toEqual(['subscribe', 'subscribe', 'unsubscribe', 'subscribe']);
  expect(registered).toEqual([1, 2, 3].map((number) => `https://push.example/${number}`));
});

it('asks nobody at a start, and the user after a click', async () => {
  const { enable, notifications, registered } = setUp('default');
  expect(await enable()).toEqual({ kind: 'not_asked' });
  expect(notifications.requestPermission).not.toHaveBeenCalled();
  expect(await enable({ ask: true })).toMatchObject({ kind: 'enabled' });
  expect(registered).toHaveLength(1);
});

it.each(['denied', 'default'] as const)('leaves it at that where the user says no (%s)', async (answer) => {
  const { enable, registered } = setUp('default', answer);
  expect(await enable({ ask: true })).toEqual({ kind: answer === 'denied' ? 'denied' : 'not_asked' });
  expect(registered).toEqual([]);
});

it('says that a browser has no push, or cannot subscribe now', async () => {
  const { enable, registered, manager } = setUp();
  expect(await enable({ registration: {} })).toEqual({ kind: 'unsupported' });
  const error = new Error('the push service is away');
  manager.subscribe = () => Promise.reject(error);
  expect(await enable()).toEqual({ kind: 'failed', error });
  expect(registered).toEqual([]);
});

it('rejects where the backend does not take it, and makes good at the next start', async () => {
  const { enable, registered } = setUp();
  await expect(enable({ register: () => Promise.reject(new Error('503')) })).rejects.toThrow('503');
  await enable();
  expect(registered).toEqual(['https://push.example/1']);
});

it('ends the subscription at a logout also where the backend cannot be told', async () => {
  const { enable, manager, current } = setUp();
  await enable();
  const unregister = () => Promise.reject(new Error('offline'));
  await expect(disableWebPush({ registration: { pushManager: manager }, unregister })).rejects.toThrow('offline');
  expect(current()).toBeNull();
});
