import 'reflect-metadata';
import { createECDH } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PushTesting, PushTestingModule } from 'nest-push/testing';
import { DataSource } from 'typeorm';
import { Passwords } from './accounts/passwords.js';
import { AppModule } from './app.module.js';
import type { MessageView } from './messages/message-view.js';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}
type Call = <T = unknown>(method: string, path: string, body?: object) => Promise<Answer<T>>;

/** The whole backend on a database of its own, with its seeded people; its push in memory and under virtual time. */
export class Demo {
  private constructor(
    readonly app: INestApplication,
    readonly push: PushTesting,
    readonly database: DataSource,
    private readonly url: string,
    private readonly folder: string,
  ) {}

  static async open(settings: { lab?: boolean } = {}): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), 'demo-im-'));
    const pair = createECDH('prime256v1');
    const publicKey = pair.generateKeys('base64url');
    const demo = AppModule.of({
      ...{ host: '127.0.0.1', port: 0, dataFolder: folder, egressAllow: [], lab: true },
      secret: Buffer.alloc(32, 7),
      vapid: { publicKey, privateKey: pair.getPrivateKey('base64url') },
      ...settings,
    });
    const module = await Test.createTestingModule({ imports: [demo, PushTestingModule] })
      .overrideProvider(Passwords)
      .useValue(new Passwords({ N: 2, r: 1, p: 1 }))
      .compile();
    const app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    return new Demo(app, app.get(PushTesting), app.get(DataSource), await app.getUrl(), folder);
  }

  async close(): Promise<void> {
    await this.app.close();
    await rm(this.folder, { recursive: true });
  }

  readonly call: Call = (method, path, body) => this.fetch(undefined, method, path, body);

  /** Calls of somebody who has logged in. */
  async as(name: string): Promise<Call> {
    const { body } = await this.call<{ token: string }>('POST', '/login', { name, password: name });
    return (method, path, json) => this.fetch(body.token, method, path, json);
  }

  async say(from: string, roomId: string, text: string): Promise<MessageView> {
    const call = await this.as(from);
    const { body } = await call<MessageView>('POST', `/rooms/${roomId}/messages`, {
      text,
      clientId: `${from} ${text}`,
    });
    return body;
  }

  private async fetch<T>(token: string | undefined, method: string, path: string, body?: object): Promise<Answer<T>> {
    const answer = await fetch(`${this.url}/api${path}`, {
      method,
      headers: {
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as T };
  }
}
