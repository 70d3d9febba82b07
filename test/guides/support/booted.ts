import type { INestApplication } from '@nestjs/common';
import { NestApplication, NestFactory } from '@nestjs/core';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PUSH_MODULE_OPTIONS, PushService, type JwtTokens, type PushModuleOptions } from 'nest-push';
import { PushClient } from 'push-client';
import { nodeSocket } from 'push-client/node';
import type { Edition } from './workshop.js';

const QUIET = { logger: false, abortOnError: false } as const;

/** An application of a guide, at work in a folder of its own. */
export class Booted {
  private readonly clients: PushClient[] = [];

  private constructor(
    readonly app: INestApplication,
    private readonly end: () => void,
  ) {}

  /** By its `main.ts`, or its `app.module.ts` where that is all there is. Once an edition: it reads the environment as it loads. */
  static async start(edition: Edition, env: Readonly<Record<string, string>> = {}): Promise<Booted> {
    const before = { cwd: process.cwd(), env: { ...process.env } };
    const folder = mkdtempSync(path.join(tmpdir(), 'push-guide-'));
    const given = { PORT: '0', ...env };
    const end = (): void => rmSync(folder, { recursive: true, force: true });
    process.chdir(folder);
    Object.assign(process.env, given);
    try {
      return new Booted(await open(edition), end);
    } catch (error) {
      end();
      throw error;
    } finally {
      process.chdir(before.cwd);
      for (const name of Object.keys(given)) {
        if (before.env[name] === undefined) delete process.env[name];
        else process.env[name] = before.env[name];
      }
    }
  }

  get push(): PushService {
    return this.app.get(PushService);
  }

  /** A client as the guides have it, with a token that the application issued. */
  async client(user: string, device: string): Promise<{ readonly received: unknown[] }> {
    const { authenticator } = this.app.get<PushModuleOptions>(PUSH_MODULE_OPTIONS);
    const { token } = await (authenticator as JwtTokens).issue('default', { user });
    const { port } = (this.app.getHttpServer() as Server).address() as AddressInfo;
    const client = new PushClient({ url: `ws://127.0.0.1:${port}/v1/ws`, token, device, socket: nodeSocket() });
    this.clients.push(client);
    const received: unknown[] = [];
    client.on('message', ({ data }) => void received.push(data));
    await client.connect();
    return { received };
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await this.app.close();
    this.end();
  }
}

async function open(edition: Edition): Promise<INestApplication> {
  const main = edition.find('src/main.ts');
  if (main !== undefined) return startedBy(() => void jest.requireActual(main));
  const { AppModule } = jest.requireActual<{ AppModule: new () => object }>(
    edition.find('src/app.module.ts') as string,
  );
  const app = await NestFactory.create(AppModule, QUIET);
  await app.listen(0, '127.0.0.1');
  return app;
}

/** The application that a `main.ts` creates, once it listens. */
function startedBy(load: () => void): Promise<INestApplication> {
  const create = NestFactory.create.bind(NestFactory) as (...args: unknown[]) => Promise<INestApplication>;
  const listen = NestApplication.prototype.listen as (...args: unknown[]) => Promise<unknown>;
  return new Promise<INestApplication>((resolve, reject) => {
    const failed = (error: unknown): never => {
      reject(error instanceof Error ? error : new Error(String(error)));
      throw error;
    };
    jest
      .spyOn(NestFactory, 'create')
      .mockImplementation(((...args: unknown[]) => create(...args, QUIET).catch(failed)) as never);
    jest.spyOn(NestApplication.prototype, 'listen').mockImplementation(async function (
      this: NestApplication,
      ...where: unknown[]
    ) {
      const listening = await listen.apply(this, where).catch(failed);
      resolve(this);
      return listening;
    } as never);
    load();
  }).finally(() => jest.restoreAllMocks());
}
