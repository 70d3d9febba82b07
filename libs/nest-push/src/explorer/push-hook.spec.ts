import { UseGuards } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { type Identity } from 'push-core';
import { change, PushDevice, PushHook, PushPayload, PushUser, refuse, type HookAbout } from '../decorators/index.js';
import { Calls, fakeSocket, hello, Site } from './site.fixture.js';

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.close());

describe('@PushHook', () => {
  it('refuses, changes and lets through what is published', async () => {
    class Rules {
      @PushHook('publish')
      check({ input }: HookAbout<'publish'>) {
        if (input.type === 'bad') return refuse('no such thing here');
        if (input.type === 'silent') return false;
        if (input.type === 'old') return change({ ...input, type: 'new' });
        return undefined;
      }
    }
    const push = await site.start([Rules]);
    await expect(push.publish({ ...hello, type: 'bad' })).rejects.toMatchObject({
      code: 'REFUSED',
      message: 'no such thing here',
    });
    await expect(push.publish({ ...hello, type: 'silent' })).rejects.toMatchObject({
      message: 'Refused by Rules.check',
    });
    await push.publish({ ...hello, type: 'old' });
    await push.publish(hello);
    expect((await push.inbox('ann')).entries.map(({ type }) => type)).toEqual(['new', 'hello']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
    ],
    ['answers what nobody understands', () => 'yes' as never],
  ])('lets nothing through when it %s', async (_how, answer) => {
    class Rules {
      @PushHook('publish')
      check() {
        return answer();
      }
    }
    const push = await site.start([Rules]);
    await expect(push.publish(hello)).rejects.toMatchObject({ code: 'INTERNAL' });
    expect((await push.inbox('ann')).entries).toEqual([]);
    expect(site.logged.join()).toContain('Rules.check');
  });

  it('lets nothing through when a filter of the application swallows its failure', async () => {
    class Rules {
      @PushHook('publish')
      check() {
        throw new Error('boom');
      }
    }
    const swallow = { provide: APP_FILTER, useValue: { catch: async () => undefined } };
    const push = await site.start([Rules, swallow]);
    await expect(push.publish(hello)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('says what a guard or a pipe of the host says', async () => {
    class Rules {
      @PushHook('publish')
      @UseGuards({ canActivate: () => false })
      check() {
        return true;
      }
    }
    const push = await site.start([Rules]);
    await expect(push.publish(hello)).rejects.toMatchObject({ code: 'REFUSED', message: 'Forbidden resource' });
  });

  it('is asked about who connects', async () => {
    const calls = new Calls();
    class Door {
      @PushHook('connect')
      may(@PushUser() user: string, @PushDevice() device: string, @PushPayload('identity') identity: Identity) {
        calls.add([user, device, identity.tenant]);
        return refuse('closed today');
      }
    }
    const push = await site.start([Door]);
    const socket = fakeSocket();
    push.accept(socket, { user: 'ann', issuedAt: Date.now() }, { device: 'phone' });
    expect(await calls.next()).toEqual(['ann', 'phone', 'default']);
    await socket.closed;
    expect(socket.sent.join()).toContain('closed today');
  });
});
