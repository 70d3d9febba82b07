// Switches on what needs another package, one feature after the other, and prints what the developer is told:
//   node features.mjs import | require
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createRequire } from 'node:module';

const load = process.argv[2] === 'require' ? createRequire(import.meta.url) : (name) => import(name);

async function boot(options) {
  const { PushModule } = await load('nest-push');
  const { createMemoryStore } = await load('push-core');
  class AppModule {}
  Module({ imports: [PushModule.forRoot({ store: createMemoryStore(), ...options })] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'], abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

const FEATURES = {
  rabbitmq: () => boot({ rabbitmq: { url: 'amqp://127.0.0.1:1' } }),
  socketio: () => boot({ socketio: {} }),
  mqtt: () => boot({ mqtt: { port: 0 } }),
  async sqlite() {
    const { createTypeOrmStore } = await load('nest-push/typeorm');
    return boot({ store: createTypeOrmStore({ url: 'sqlite:./chat.db' }) });
  },
  async postgres() {
    const { createTypeOrmStore } = await load('nest-push/typeorm');
    return boot({ store: createTypeOrmStore({ url: 'postgres://127.0.0.1:1/chat' }) });
  },
  async mysql() {
    const { createTypeOrmStore } = await load('nest-push/typeorm');
    return boot({ store: createTypeOrmStore({ url: 'mysql://127.0.0.1:1/chat' }) });
  },
  async metrics() {
    const { createPushMetrics } = await load('nest-push/metrics');
    const { PUSH } = await load('nest-push');
    return createPushMetrics((await boot({})).get(PUSH));
  },
  tracing: () => boot({ tracing: true }),
  gateways: () => load('nest-push/gateways'),
  dto: () => load('nest-push/dto'),
  terminus: () => load('nest-push/terminus'),
  testing: () => load('nest-push/testing'),
};

for (const [feature, attempt] of Object.entries(FEATURES)) {
  const told = await Promise.resolve()
    .then(attempt)
    .then(
      () => ({}),
      (error) => ({ message: error.message, code: error.code }),
    );
  console.log(`told ${JSON.stringify({ feature, ...told })}`);
}
process.exit(0);
