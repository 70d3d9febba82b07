import { Inject, Injectable, Scope } from '@nestjs/common';
import { OnPush } from '../decorators/index.js';
import type { PushEvent } from '../push-events.js';
import { Calls, hello, Site } from './site.fixture.js';

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.close());

describe('hosts', () => {
  class Scoped {
    @OnPush('accepted')
    told() {
      return undefined;
    }
  }

  it.each([Scope.REQUEST, Scope.TRANSIENT])('of scope %s are refused, by class and method', async (scope) => {
    class MyScoped extends Scoped {}
    Injectable({ scope })(MyScoped);
    await expect(site.start([MyScoped])).rejects.toThrow(/MyScoped\.told has @OnPush, but MyScoped is request-scoped/);
  });

  it('that depend on something request-scoped are refused too', async () => {
    class Request {}
    Injectable({ scope: Scope.REQUEST })(Request);
    class Depends extends Scoped {
      constructor(readonly request: Request) {
        super();
      }
    }
    Inject(Request)(Depends, undefined as never, 0);
    Injectable()(Depends);
    await expect(site.start([Request, Depends])).rejects.toThrow(/Depends\.told/);
  });

  it('are told once, however many names they have', async () => {
    const seen: string[] = [];
    class Log {
      @OnPush('accepted')
      told({ id }: PushEvent<'accepted'>) {
        seen.push(id);
      }
    }
    Injectable()(Log);
    const push = await site.start([Log, { provide: 'ALIAS', useExisting: Log }]);
    const { id } = await push.publish(hello);
    await site.app?.close();
    expect(seen).toEqual([id]);
  });

  it('may come out of a factory', async () => {
    const calls = new Calls();
    class Log {
      @OnPush('accepted')
      told({ id }: PushEvent<'accepted'>) {
        calls.add(id);
      }
    }
    const push = await site.start([{ provide: 'LOG', useFactory: () => new Log() }]);
    const { id } = await push.publish(hello);
    expect(await calls.next()).toBe(id);
  });
});
