import { describe, expect, it, jest } from '@jest/globals';
import { createRabbit } from './index.js';

jest.mock('amqplib', () => {
  throw new Error("Cannot find module 'amqplib'");
});

describe('without the driver', () => {
  it('there is a rabbit that says, when it is needed, what to install', async () => {
    const rabbit = createRabbit({ url: 'amqp://127.0.0.1:1', startup: 'fail' });
    await expect(rabbit.bus.open('a')).rejects.toThrow('npm install amqplib');
    await rabbit.close();
  });
});
