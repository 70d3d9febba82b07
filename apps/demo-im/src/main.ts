#!/usr/bin/env node
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { NestFactory } from '@nestjs/core';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { AppModule } from './app.module.js';
import { servePage } from './page/serve-page.js';
import type { DemoSettings } from './settings/demo-settings.js';
import { readEnvironment, type Environment } from './settings/environment.js';
import { keptSecrets } from './settings/kept-secrets.js';
import { WRONG_SETUP, type ReadyNote } from './ready-note.js';

const PAGE = fileURLToPath(new URL('./web', import.meta.url));

const reading = readEnvironment(process.env);
if (!reading.ok) giveUp(`The demo cannot start:\n${reading.errors.map((error) => `  ${error}`).join('\n')}`);
await run(reading.environment);

async function run(environment: Environment): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication<Server>>(AppModule.of(settingsOf(environment)), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  app.enableShutdownHooks();
  // Whoever started this one is gone; nobody would ever end it.
  process.once('disconnect', () => void app.close().finally(() => process.exit(0)));
  servePage(app, PAGE);
  await app.init();
  const { host, port } = environment;
  try {
    // Not by `app.listen`, which would log what is said here in plain words.
    const server = app.getHttpServer();
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    await app.close();
    giveUp(cannotListen(error as NodeJS.ErrnoException, environment));
  }
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const note: ReadyNote = { kind: 'ready', url };
  if (process.send) process.send(note);
  else process.stdout.write(`The demo listens on ${url}\n`);
}

function settingsOf({ dataFolder, ...environment }: Environment): DemoSettings {
  try {
    const kept = keptSecrets(dataFolder);
    const secret = Buffer.from(environment.secret ?? kept.secret);
    return { ...environment, dataFolder, secret, vapid: kept.vapid };
  } catch (error) {
    giveUp(`DEMO_DATA: ${dataFolder} cannot be used: ${(error as Error).message}`);
  }
}

function cannotListen({ code, message }: NodeJS.ErrnoException, { host, port }: Environment): string {
  if (code === 'EADDRINUSE') return `DEMO_PORT: port ${port} is taken by another program; set DEMO_PORT to a free one`;
  if (code === 'EACCES') return `DEMO_PORT: port ${port} needs more rights than this user has; set one above 1024`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `DEMO_HOST: ${host} is no address of this machine`;
  return `The demo cannot listen on ${host}, port ${port}: ${message}`;
}

/** What no second attempt would make better. */
function giveUp(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(WRONG_SETUP);
}
