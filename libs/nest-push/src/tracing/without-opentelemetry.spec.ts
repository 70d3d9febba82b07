import { createTracer } from './create-tracer.js';

jest.mock('@opentelemetry/api', () => {
  throw new Error("Cannot find module '@opentelemetry/api'");
});

it('says what to install', async () => {
  await expect(createTracer()).rejects.toThrow('npm install @opentelemetry/api');
});
