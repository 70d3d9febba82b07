import {
  BadRequestException,
  Body,
  Catch,
  Controller,
  Inject,
  Injectable,
  Module,
  Post,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type INestApplication,
  type NestInterceptor,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { AddressInfo } from 'node:net';
import { createMemoryStore, PushError, type InboxEntry } from 'push-core';
import { from, lastValueFrom, map, of, toArray, type Observable } from 'rxjs';
import { PushModule } from '../push.module.js';
import type { PushModuleOptions } from '../push.options.js';
import { PushService } from '../push.service.js';
import { PushResult } from './index.js';

interface Saved {
  id: string;
  room: string;
  members: string[];
  text: string;
}
const saved = (text: string, id = text): Saved => ({ id, room: 'r1', members: ['ann'], text });
const spec = { type: 'chat.message', to: (m: Saved) => ({ users: m.members }) };

let app: INestApplication;
afterEach(() => app.close());

async function start(providers: any[], options: Partial<PushModuleOptions> = {}, controllers: any[] = []) {
  class AppModule {}
  Module({ imports: [PushModule.forRoot({ store: createMemoryStore(), ...options })], providers, controllers })(
    AppModule,
  );
  const testing = await Test.createTestingModule({ imports: [AppModule] })
    .setLogger(silent)
    .compile();
  app = testing.createNestApplication();
  await app.init();
}
let logged: string[] = [];
const silent = {
  log: () => undefined,
  warn: (text: string) => void logged.push(text),
  error: (text: string) => void logged.push(text),
};
beforeEach(() => (logged = []));

const inbox = async (user = 'ann'): Promise<readonly InboxEntry[]> => (await app.get(PushService).inbox(user)).entries;
const texts = async (): Promise<unknown[]> => (await inbox()).map(({ data }) => (data as Saved).text);

describe('@PushResult', () => {
  it('publishes what a promise resolves with, and hands it on unchanged', async () => {
    class Chat {
      @PushResult<Saved>({
        type: (m) => `chat.${m.room}`,
        to: (m) => ({ users: m.members }),
        thread: (m) => m.room,
        data: (m, call) => ({ text: m.text, by: call.args[1], method: call.method, className: call.className }),
        idempotencyKey: (m) => m.id,
      })
      async send(text: string, _by: string): Promise<Saved> {
        return saved(text);
      }
    }
    Injectable()(Chat);
    await start([Chat]);
    const result = await app.get(Chat).send('hi', 'bob');
    expect(result).toEqual(saved('hi'));
    await app.get(Chat).send('hi', 'bob');
    expect(await inbox()).toMatchObject([
      { seq: 1, type: 'chat.r1', thread: 'r1', data: { text: 'hi', by: 'bob', method: 'send', className: 'Chat' } },
    ]);
  });

  it('publishes each value of an Observable before it goes on', async () => {
    class Chat {
      @PushResult<Saved>(spec)
      many(): Observable<Saved> {
        return from([saved('one'), saved('two')]);
      }
    }
    await start([Chat]);
    const seen = await lastValueFrom(
      app
        .get(Chat)
        .many()
        .pipe(
          map(async (m) => [m.text, await texts()]),
          toArray(),
        ),
    );
    expect(await Promise.all(seen)).toEqual([
      ['one', ['one']],
      ['two', ['one', 'two']],
    ]);
  });

  it('publishes a plain value, whose caller then gets a promise', async () => {
    class Chat {
      @PushResult<Saved>(spec)
      send(): Saved | Promise<Saved> {
        return saved('plain');
      }
    }
    await start([Chat]);
    expect(await app.get(Chat).send()).toEqual(saved('plain'));
    expect(await texts()).toEqual(['plain']);
  });

  it.each([undefined, null])('publishes nothing of %s', async (nothing) => {
    class Chat {
      @PushResult<Saved | undefined | null>({ ...spec, to: { users: ['ann'] } })
      async send(): Promise<Saved | undefined | null> {
        return nothing;
      }
    }
    await start([Chat]);
    await app.get(Chat).send();
    expect(await inbox()).toEqual([]);
  });

  it('publishes nothing where `when` says no, and nothing of a handler that fails', async () => {
    class Chat {
      @PushResult<Saved>({ ...spec, when: (m) => m.text !== 'secret' })
      async send(text: string): Promise<Saved> {
        if (text === 'bad') throw new Error('the handler failed');
        return saved(text);
      }
    }
    await start([Chat]);
    await app.get(Chat).send('secret');
    await expect(app.get(Chat).send('bad')).rejects.toThrow('the handler failed');
    await app.get(Chat).send('open');
    expect(await texts()).toEqual(['open']);
  });

  it('fails the caller where the publish fails, by default', async () => {
    class Chat {
      @PushResult<Saved>({ ...spec, to: { users: ['not an id'] } })
      async send(): Promise<Saved> {
        return saved('x');
      }
    }
    await start([Chat]);
    await expect(app.get(Chat).send()).rejects.toMatchObject({ code: 'INVALID', field: 'to.users[0]' });
  });

  it('logs it with class and method where `log` is asked for, and the caller has its result', async () => {
    class Chat {
      @PushResult<Saved>({ ...spec, to: { users: ['not an id'] }, onFailure: 'log' })
      send(): Saved {
        return saved('x');
      }
    }
    await start([Chat]);
    expect(app.get(Chat).send()).toEqual(saved('x'));
    await app.close();
    expect(logged.join()).toContain('Chat.send');
  });

  it('tells what became of the publish', async () => {
    const ids: unknown[] = [];
    class Chat {
      readonly name = 'the chat';
      @PushResult<Saved>({
        ...spec,
        published: ({ id, duplicate }, m, call) => ids.push(id, duplicate, m.text, (call.instance as Chat).name),
      })
      async send(): Promise<Saved> {
        return saved('x');
      }
    }
    await start([Chat]);
    await app.get(Chat).send();
    expect(ids).toEqual([(await inbox())[0]?.id, false, 'x', 'the chat']);
  });

  it('works on hosts that are made for each request', async () => {
    class Chat {
      @PushResult<Saved>(spec)
      async send(): Promise<Saved> {
        return saved('scoped');
      }
    }
    Injectable({ scope: Scope.REQUEST })(Chat);
    await start([Chat]);
    await (await app.resolve(Chat)).send();
    expect(await texts()).toEqual(['scoped']);
  });

  it('works on a method that a class inherits', async () => {
    class Base {
      @PushResult<Saved>(spec)
      async send(): Promise<Saved> {
        return saved('inherited');
      }
    }
    class Other {}
    class Chat extends Base {
      constructor(readonly other: Other) {
        super();
      }
      @PushResult<Saved>(spec)
      async also(): Promise<Saved> {
        return saved('own');
      }
    }
    Inject(Other)(Chat, undefined as never, 0);
    await start([Other, Chat]);
    await app.get(Chat).send();
    await app.get(Chat).also();
    expect(await texts()).toEqual(['inherited', 'own']);
  });

  it('says what to do where Nest did not make the object', async () => {
    class Chat {
      @PushResult<Saved>(spec)
      async send(): Promise<Saved> {
        return saved('x');
      }
    }
    await start([]);
    expect(() => new Chat().send()).toThrow(/Chat\.send has @PushResult, but Nest did not make this Chat/);
  });

  it('leaves guards, pipes, interceptors and filters of a controller in place, whatever the order of decorators', async () => {
    class Shout implements NestInterceptor {
      intercept(_context: ExecutionContext, next: CallHandler) {
        return next.handle().pipe(map((m: Saved) => ({ ...m, text: m.text.toUpperCase() })));
      }
    }
    class NoSpam {
      canActivate(context: ExecutionContext): boolean {
        return context.switchToHttp().getRequest<{ body: Saved }>().body.text !== 'spam';
      }
    }
    @Catch(RangeError)
    class Filter {
      catch(_error: unknown, host: ExecutionContext) {
        host.switchToHttp().getResponse<any>().status(418).json({ filtered: true });
      }
    }
    const parse = {
      transform: (value: Saved) => {
        if (!value.text) throw new BadRequestException('text is missing');
        return value;
      },
    };
    @Controller('chat')
    class ChatController {
      @PushResult<Saved>(spec)
      @Post()
      @UseGuards(NoSpam)
      @UseInterceptors(Shout)
      @UseFilters(Filter)
      async send(@Body(parse) body: Saved): Promise<Saved> {
        if (body.text === 'range') throw new RangeError('out');
        return saved(body.text);
      }
      @Post('refused')
      @PushResult<Saved>({ ...spec, to: { users: ['not an id'] } })
      async refused(): Promise<Saved> {
        return saved('x');
      }
    }
    await start([], {}, [ChatController]);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    const post = async (text: string, path = '') => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) };
      const response = await fetch(`http://127.0.0.1:${port}/chat${path}`, init);
      return [response.status, await response.json()];
    };
    expect(await post('hi')).toEqual([201, { ...saved('hi'), text: 'HI' }]);
    expect(await post('spam')).toMatchObject([403, {}]);
    expect(await post('')).toMatchObject([400, { message: 'text is missing' }]);
    expect(await post('range')).toEqual([418, { filtered: true }]);
    expect(await post('x', '/refused')).toMatchObject([400, { message: expect.stringContaining('to.users[0]') }]);
    expect(await texts()).toEqual(['hi']);
  });

  it('refuses to start where `outbox` has no DataSource, naming class and method', async () => {
    class Chat {
      @PushResult<Saved>({ ...spec, onFailure: 'outbox' })
      async send(): Promise<Saved> {
        return saved('x');
      }
    }
    await expect(start([Chat])).rejects.toThrow(/Chat\.send: @PushResult\(\{ onFailure: 'outbox' \}\) needs/);
  });

  it('publishes in the application whose object it is, when there are two', async () => {
    class Chat {
      @PushResult<Saved>(spec)
      async send(text: string): Promise<Saved> {
        return saved(text);
      }
    }
    await start([Chat]);
    const first = app;
    await start([Chat]);
    await first.get(Chat).send('first');
    await app.get(Chat).send('second');
    expect(await texts()).toEqual(['second']);
    expect((await first.get(PushService).inbox('ann')).entries).toMatchObject([{ data: { text: 'first' } }]);
    await first.close();
  });

  it('does not compile with a field that the result does not have, or on a method that returns something else', () => {
    class Wrong {
      @PushResult<Saved>({
        type: 'x',
        // @ts-expect-error there is no roomId
        thread: (m) => m.roomId,
        to: (m) => ({ users: m.members }),
      })
      a(): Promise<Saved> {
        return Promise.resolve(saved('x'));
      }
      // @ts-expect-error it returns a number
      @PushResult<Saved>(spec)
      b(): number {
        return 1;
      }
      @PushResult<Saved>(spec)
      c(): Observable<Saved> {
        return of(saved('x'));
      }
      // @ts-expect-error the audience is one of users, topics, devices, all
      @PushResult<Saved>({ type: 'x', to: { user: ['ann'] } })
      d(): Saved {
        return saved('x');
      }
    }
    expect(Wrong).toBeDefined();
    return start([]);
  });

  it('hands a PushError on with the status that Nest answers with', () => {
    expect(new PushError('STORE_UNAVAILABLE', 'x').statusCode).toBe(503);
    return start([]);
  });
});
