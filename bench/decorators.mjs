// What @PushResult costs a call beyond the publish itself: the same method with the decorator, and with the publish written by hand,
// interleaved in one process. The engine is replaced by one that answers at once, so that nothing else is in the figures.
//
//   node bench/decorators.mjs [--rounds N] [--calls N] [--write]
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { rootDir } from './lib/contenders.mjs';
import { commit, machine } from './lib/results.mjs';
import { rounded, summary } from './lib/statistics.mjs';

const GOAL_US = 3;
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    calls: { type: 'string', default: '100000' },
    write: { type: 'boolean' },
  },
});
const require = createRequire(path.join(rootDir, 'libs/nest-push/package.json'));
require('reflect-metadata');
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { createMemoryStore } = require('push-core');
const { PushModule, PushResult, PushService, OnPush, PUSH } = require('nest-push');

const spec = {
  type: 'chat.message',
  thread: (m) => m.roomId,
  to: (m) => ({ users: m.members }),
  notification: (m) => ({ title: m.from, body: m.text }),
  idempotencyKey: (m) => m.id,
};
const saved = { id: 'm1', roomId: 'r1', members: ['ann', 'bob'], from: 'bob', text: 'Hi!' };

class Chat {
  constructor(push) {
    this.push = push;
  }
  async decorated() {
    return saved;
  }
  async byHand() {
    const m = await this.save();
    await this.push.publish({
      type: 'chat.message',
      thread: m.roomId,
      to: { users: m.members },
      data: m,
      notification: { title: m.from, body: m.text },
      idempotencyKey: m.id,
    });
    return m;
  }
  async save() {
    return saved;
  }
  async told() {}
}
Reflect.defineMetadata('design:paramtypes', [PushService], Chat);
decorate(Chat.prototype, 'decorated', PushResult(spec));
decorate(Chat.prototype, 'told', OnPush('accepted'));

class AppModule {}
Module({ imports: [PushModule.forRoot({ store: createMemoryStore() })], providers: [Chat] })(AppModule);
const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
const chat = app.get(Chat);
const engine = app.get(PUSH);
const answer = Promise.resolve({ id: 'p1', acceptedAt: 1, duplicate: false });
engine.publish = () => answer;

const calls = Number(options.calls);
const microseconds = async (method) => {
  const begin = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) await chat[method]();
  return Number(process.hrtime.bigint() - begin) / 1000 / calls;
};
for (const method of ['decorated', 'byHand', 'decorated', 'byHand']) await microseconds(method);
const rounds = [];
for (let i = 0; i < Number(options.rounds); i++) {
  const order = i % 2 === 0 ? ['decorated', 'byHand'] : ['byHand', 'decorated'];
  const round = {};
  for (const method of order) round[method] = await microseconds(method);
  rounds.push(round);
}
await app.close();

const column = (of) => rounded(summary(rounds.map(of)).median);
const results = {
  date: new Date().toISOString(),
  commit: commit(),
  machine: machine(),
  callsPerRound: calls,
  decoratedUs: column((round) => round.decorated),
  byHandUs: column((round) => round.byHand),
  beyondThePublishUs: column((round) => round.decorated - round.byHand),
  goalUs: GOAL_US,
};
console.log(JSON.stringify(results, null, 2));
if (options.write)
  fs.writeFileSync(path.join(rootDir, 'docs/benchmarks/decorators.json'), `${JSON.stringify(results, null, 2)}\n`);
process.exitCode = results.beyondThePublishUs < GOAL_US ? 0 : 1;

function decorate(prototype, key, decorator) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
  decorator(prototype, key, descriptor);
  Object.defineProperty(prototype, key, descriptor);
}
