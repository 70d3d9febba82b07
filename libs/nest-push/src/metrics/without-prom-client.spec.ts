import { FakePush } from '../fixtures/fake-push.fixture.js';
import { createPushMetrics } from './push-metrics.js';

jest.mock('prom-client', () => {
  throw new Error("Cannot find module 'prom-client'");
});

it('says what to install', async () => {
  await expect(createPushMetrics(new FakePush())).rejects.toThrow('npm install prom-client');
});
