import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Demo } from '../demo.fixture.js';

describe('what is wrong with a call', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await Demo.open();
  });
  afterAll(() => demo.close());

  it.each([
    ['POST', '/rooms/ann-bob/messages', { clientId: 'c' }, /text must be a string/],
    ['POST', '/rooms/ann-bob/messages', { text: '  ', clientId: 'c' }, /text must not be blank/],
    ['POST', '/rooms/ann-bob/messages', { text: 'x'.repeat(4001), clientId: 'c' }, /text must be shorter/],
    ['POST', '/rooms/ann-bob/messages', { text: 'x' }, /clientId must be a string/],
    ['POST', '/rooms', { members: [] }, /members must contain at least 1/],
    ['POST', '/rooms', { members: ['zoe'] }, /^members: there is no zoe/],
    ['POST', '/rooms', { members: ['ann'] }, /^members must name somebody beside you/],
    ['POST', '/rooms', { members: ['bob'], title: '' }, /title must be longer/],
    ['GET', '/rooms/weekend/messages?limit=1000', undefined, /limit must not be greater than 200/],
    ['GET', '/rooms/weekend/messages?after=x', undefined, /property after should not exist/],
    ['PUT', '/devices/phone', { platform: 'web', tokens: 'x' }, /tokens must be an array/],
    ['PUT', '/devices/my%20phone', { platform: 'web', tokens: [] }, /device/],
  ])('is said with the field’s name: %s %s %j', async (method, path, body, message) => {
    const ann = await demo.as('ann');
    expect(await ann(method, path, body)).toMatchObject({
      status: 400,
      body: { statusCode: 400, message: expect.stringMatching(message) },
    });
  });
});
