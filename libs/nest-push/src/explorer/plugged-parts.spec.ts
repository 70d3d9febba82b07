import { Inject } from '@nestjs/common';
import { createMemoryStore, type Store } from 'push-core';
import { PushProvider, PushStore, PushTransport } from '../decorators/index.js';
import { Calls, hello, phone, Site } from './site.fixture.js';

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.close());

describe('what is plugged in', () => {
  it('a store', async () => {
    const real = createMemoryStore();
    class Prefix {
      readonly text = 'mine';
    }
    class MyStore {
      readonly opened: string[] = [];
      constructor(readonly prefix: Prefix) {
        const { open: _open, ...others } = real;
        Object.assign(this, others);
      }
      async open() {
        this.opened.push(this.prefix.text);
        await real.open();
      }
    }
    Inject(Prefix)(MyStore, undefined as never, 0);
    PushStore()(MyStore as unknown as new (prefix: Prefix) => MyStore & Store);
    const push = await site.start([Prefix, MyStore], { store: undefined });
    await push.publish(hello);
    expect((await push.inbox('ann')).head).toBe(1);
    expect(site.app?.get(MyStore).opened).toEqual(['mine']);
    const [state] = await real.messages.states([{ tenant: 'default', stream: '@ann' }]);
    expect(state?.head).toBe(1);
  });

  it('and says so where there is a store already, or none', async () => {
    class MyStore {}
    PushStore()(MyStore as never);
    await expect(site.start([MyStore])).rejects.toThrow(
      /MyStore has @PushStore\(\), but PushModule was given a store too/,
    );
    await expect(site.start([], { store: undefined })).rejects.toThrow(/PushModule needs a store/);
  });

  it('a transport', async () => {
    const seen: string[] = [];
    class Tcp {
      async attach(push: { node: string }, { httpServer }: { httpServer?: object }) {
        seen.push(`attached ${typeof push.node} ${httpServer ? 'with' : 'without'} HTTP`);
        return { close: async () => void seen.push('closed') };
      }
    }
    PushTransport()(Tcp);
    await site.start([Tcp]);
    expect(seen).toEqual(['attached string with HTTP']);
    await site.app?.close();
    expect(seen).toEqual(['attached string with HTTP', 'closed']);
  });

  it('a provider of notifications', async () => {
    const calls = new Calls();
    class Pager {
      readonly name = 'pager';
      readonly traits = { batch: 10, perSecond: 100 };
      parse = (credentials: unknown) => credentials as Record<string, unknown>;
      checkToken = () => undefined;
      create = () => ({
        name: 'pager',
        send: async (requests: readonly { address: { user: string }; notification: { title?: string } }[]) =>
          requests.map(({ address, notification }) => {
            calls.add([address.user, notification.title]);
            return { kind: 'accepted' as const };
          }),
        retract: async (requests: readonly unknown[]) => requests.map(() => undefined),
        check: async () => ({ kind: 'ok' as const }),
        close: async () => undefined,
      });
    }
    PushProvider()(Pager);
    const push = await site.start([Pager]);
    await push.notifications.putProvider('default', 'pager', {});
    await push.putDevice(phone, { platform: 'pager', tokens: [{ provider: 'pager', token: 'x' }] });
    await push.publish({ ...hello, notification: { title: 'Ann' }, options: { offline: { mode: 'always' } } });
    expect(await calls.next()).toEqual(['ann', 'Ann']);
  });
});
