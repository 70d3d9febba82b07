import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it, jest } from '@jest/globals';
import { createMemoryStore } from 'push-core';

jest.mock('class-validator', () => {
  throw new Error("Cannot find package 'class-validator'");
});
jest.mock('class-transformer', () => {
  throw new Error("Cannot find package 'class-transformer'");
});

describe('without class-validator and class-transformer', () => {
  it('everything but nest-push/dto is there', async () => {
    const { PushModule, PushService } = await import('../index.js');
    const { PushHttpModule } = await import('../http/index.js');
    const { PushGateway } = await import('../gateways/index.js');
    await Promise.all([import('../metrics/index.js'), import('../typeorm/index.js'), import('../rabbitmq/index.js')]);
    class AppModule {}
    Module({ imports: [PushModule.forRoot({ store: createMemoryStore() })] })(AppModule);
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
    expect(await app.get(PushService).publish({ to: { users: ['u1'] }, type: 'x' })).toMatchObject({
      duplicate: false,
    });
    expect([PushHttpModule, PushGateway].map((one) => typeof one)).toEqual(['function', 'function']);
    await app.close();
  });

  it('nest-push/dto says which package it misses', async () => {
    await expect(import('./index.js')).rejects.toThrow(/Cannot find package 'class-(validator|transformer)'/);
  });
});
