import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPush } from '../create-push.js';
import type { Plugin } from '../plugin.js';
import type { ProviderFactory } from '../providers/provider.js';
import type { Push } from '../push.js';
import { RecordingLink } from '../online/engine.fixture.js';
import { createMemoryStore, type MemoryStore } from '../store/memory/memory-store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { noHttp, ScriptedProvider } from './scripted-provider.fixture.js';

describe('what a host completes until the engine starts', () => {
  let clock: ManualClock;
  let store: MemoryStore;
  let plugins: Plugin[];
  let providers: ProviderFactory[];
  let push: Push;

  beforeEach(() => {
    clock = new ManualClock();
    store = createMemoryStore({ epoch: 'e1' });
    plugins = [];
    providers = [];
    push = createPush({
      clock,
      store,
      plugins,
      offline: { providers, http: noHttp },
      authenticator: { authenticate: (user) => Promise.resolve({ kind: 'valid', identity: { tenant: 't', user } }) },
    });
  });
  afterEach(async () => {
    const closing = push.close();
    await clock.advance(10_000);
    await closing;
  });

  const publish = async () => {
    const published = push.publish('t', { to: { users: ['bob'] }, type: 'chat.message', notification: { title: 'A' } });
    published.catch(() => undefined);
    await clock.settle();
    return published;
  };
  const registered = () =>
    push.putDevice(
      { tenant: 't', user: 'bob', device: 'phone' },
      { platform: 'android', tokens: [{ provider: 'fcm', token: 'x' }] },
    );

  it('is sent by a provider that was added after the engine was made', async () => {
    const fcm = new ScriptedProvider();
    providers.push(fcm);
    await push.start();
    await push.notifications.putProvider('t', 'fcm', {});
    await registered();
    await publish();
    await clock.advance(500);
    expect(fcm.to).toEqual(['bob/phone']);
  });

  it('goes by the list as it stands, where something is asked before the start', async () => {
    await store.open();
    await expect(push.notifications.putProvider('t', 'fcm', {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const fcm = new ScriptedProvider();
    providers.push(fcm);
    expect(await push.notifications.putProvider('t', 'fcm', {})).toMatchObject({ provider: 'fcm' });
  });

  it('does not remember what was missing before the start', async () => {
    await store.open();
    const setting = { tenant: 't', name: 'provider.fcm' };
    await store.settings.put(setting, '{}', clock.now());
    // Read with no provider of that name.
    expect(await push.notifications.providers('t')).toMatchObject([{ provider: 'fcm' }]);
    const fcm = new ScriptedProvider();
    providers.push(fcm);
    await push.start();
    await registered();
    await publish();
    await clock.advance(500);
    expect(fcm.to).toEqual(['bob/phone']);
  });

  it('takes no provider that comes after the start', async () => {
    await push.start();
    providers.push(new ScriptedProvider());
    await expect(push.notifications.putProvider('t', 'fcm', {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is asked by every hook of a plugin that was added after the engine was made', async () => {
    const asked: string[] = [];
    const fcm = new ScriptedProvider();
    providers.push(fcm);
    plugins.push({
      name: 'late',
      hooks: {
        publish: ({ input }) => (asked.push('publish'), { allow: true, input: { ...input, thread: 'by-hook' } }),
        connect: () => (asked.push('connect'), { allow: true }),
        follow: () => (asked.push('follow'), { allow: true }),
        notify: ({ message }) => (asked.push(`notify ${message.thread}`), { allow: false, reason: 'no' }),
      },
    });
    await push.start();
    await push.notifications.putProvider('t', 'fcm', {});
    await registered();
    await publish();
    await clock.advance(500);
    const link = new RecordingLink(clock);
    link.handler = push.accept(link);
    await link.say({ op: 'connect', token: 'ann', device: 'd' }, { op: 'follow', s: 'news', id: 1 });
    expect(asked).toEqual(['publish', 'notify by-hook', 'connect', 'follow']);
    expect(fcm.sent).toEqual([]);
  });
});
