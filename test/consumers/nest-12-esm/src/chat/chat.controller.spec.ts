import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PushTesting, PushTestingModule } from 'nest-push/testing';
import { AppModule } from '../app.module.js';
import { ChatController } from './chat.controller.js';

describe('ChatController', () => {
  let app: INestApplication;
  let push: PushTesting;
  let chat: ChatController;

  beforeEach(async () => {
    const module = await Test.createTestingModule({ imports: [AppModule, PushTestingModule] }).compile();
    app = await module.createNestApplication().init();
    push = app.get(PushTesting);
    chat = app.get(ChatController);
  });

  afterEach(() => app.close());

  it('reaches everybody in the room but the sender', async () => {
    const ann = push.device('ann', 'phone');
    const bob = push.device('bob', 'phone');
    await Promise.all([ann.connect(), bob.connect()]);
    const sent = await chat.send({ room: 'lobby', from: 'ann', to: ['ann', 'bob'], text: 'Hi!' });
    const message = await bob.receives({ type: 'chat.message', thread: 'lobby', data: { text: 'Hi!' } });
    expect(message.data).toEqual(sent);
    await ann.receivesNothing({ type: 'chat.message' }, 1000);
  });

  it('reaches a phone that was in a tunnel', async () => {
    const bob = push.device('bob', 'phone');
    await bob.connect();
    await bob.drop();
    await chat.send({ room: 'lobby', from: 'ann', to: ['bob'], text: 'Are you there?' });
    await bob.reconnect();
    await bob.receives({ data: { text: 'Are you there?' } });
    expect(bob.messages).toHaveLength(1);
  });

  it('shows who has a message', async () => {
    const bob = push.device('bob', 'phone');
    await bob.connect();
    await chat.send({ room: 'lobby', from: 'ann', to: ['bob'], text: 'Seen?' });
    await bob.receives({ data: { text: 'Seen?' } });
    await push.advance('5 s');
    expect(chat.all()).toEqual([{ text: 'Seen?', user: 'bob', device: 'phone' }]);
  });
});
