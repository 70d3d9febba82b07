import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import type { AddressInfo } from 'node:net';
import type { PushStatus } from 'push-core';
import { FakePush } from '../fixtures/fake-push.fixture.js';
import { PUSH } from '../tokens.js';
import { PushHealthIndicator } from './push-health-indicator.js';

const WELL: PushStatus = { state: 'started', connections: 2, intakeQueue: 1, bus: { state: 'up' } };

async function site() {
  const push = new FakePush();
  push.status_ = WELL;

  @Controller('health')
  class HealthController {
    constructor(
      @Inject(HealthCheckService) private readonly health: HealthCheckService,
      @Inject(PushHealthIndicator) private readonly indicator: PushHealthIndicator,
    ) {}
    @Get('alive')
    @HealthCheck()
    alive() {
      return this.health.check([() => this.indicator.isAlive()]);
    }
    @Get('ready')
    @HealthCheck()
    ready() {
      return this.health.check([() => this.indicator.isReady('engine')]);
    }
    @Get('whole')
    @HealthCheck()
    whole() {
      return this.health.check([() => this.indicator.isWhole()]);
    }
  }
  class AppModule {}
  Module({
    imports: [TerminusModule.forRoot({ logger: false })],
    controllers: [HealthController],
    providers: [PushHealthIndicator, { provide: PUSH, useValue: push }],
  })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/health/${path}`);
    return { status: answer.status, details: ((await answer.json()) as { details: Record<string, unknown> }).details };
  };
  const all = async () => [(await ask('alive')).status, (await ask('ready')).status, (await ask('whole')).status];
  return { push, app, ask, all };
}

describe('the engine in a health check of terminus', () => {
  it('is up, and says what it has to do', async () => {
    const { app, ask, all } = await site();
    expect(await all()).toEqual([200, 200, 200]);
    expect((await ask('ready')).details).toEqual({
      engine: { status: 'up', state: 'started', connections: 2, intakeQueue: 1 },
    });
    await app.close();
  });

  it('stays ready without the broker, and does not count as whole', async () => {
    const { push, app, ask, all } = await site();
    push.status_ = { ...WELL, bus: { state: 'down', reason: 'amqp://ann@rabbit:5672/: connect ECONNREFUSED' } };
    expect(await all()).toEqual([200, 200, 503]);
    expect((await ask('ready')).details).toMatchObject({ engine: { status: 'up', degraded: ['broker down'] } });
    expect(JSON.stringify(await ask('whole'))).not.toContain('ECONNREFUSED');
    await app.close();
  });

  it('is alive, and not ready, while its store is away, while it starts and while it drains', async () => {
    const { push, app, ask, all } = await site();
    for (const status of [
      { ...WELL, trouble: 'sweep of @ann' },
      { ...WELL, state: 'new' },
      { ...WELL, state: 'draining' },
    ]) {
      push.status_ = status as PushStatus;
      expect(await all()).toEqual([200, 503, 503]);
    }
    push.status_ = { ...WELL, trouble: 'sweep of @ann' };
    expect(JSON.stringify(await ask('ready'))).not.toContain('@ann');
    push.status_ = { ...WELL, state: 'closed' };
    expect(await all()).toEqual([503, 503, 503]);
    await app.close();
  });
});
