import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createJwtTokens } from 'nest-push';
import { Demo } from '../demo.fixture.js';
import { DemoSettings } from '../settings/demo-settings.js';

describe('an account', () => {
  let demo: Demo;
  beforeEach(async () => {
    demo = await Demo.open();
  });
  afterEach(() => demo.close());

  const eve = { name: 'Eve', displayName: 'Eve Ito', password: 'apple' };

  it('is made, and logged in to with its password only', async () => {
    const made = await demo.call<{ token: string; me: { id: string } }>('POST', '/register', eve);
    expect(made).toMatchObject({ status: 201, body: { me: { id: 'eve', displayName: 'Eve Ito' } } });
    expect(made.body.me).not.toHaveProperty('passwordHash');
    const login = (password: string, name = 'eve') => demo.call('POST', '/login', { name, password });
    expect((await login('apple')).status).toBe(200);
    expect(await login('Apple')).toMatchObject({ status: 401, body: { message: 'Name or password is wrong' } });
    expect(await login('apple', 'nobody')).toMatchObject({ status: 401 });
  });

  it('is one person’s', async () => {
    expect(await demo.call('POST', '/register', { ...eve, name: 'bob' })).toMatchObject({ status: 409 });
    const at_once = await Promise.all([eve, eve].map((one) => demo.call('POST', '/register', one)));
    expect(at_once.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('is asked for by every call that is about somebody', async () => {
    for (const path of ['/me', '/people', '/rooms', '/rooms/weekend/messages', '/lab', '/explain/weekend-1'])
      expect(await demo.call('GET', path)).toMatchObject({ status: 401, body: { message: 'Log in first' } });
  });

  it('has a login that is also the push token', async () => {
    const { body } = await demo.call<{ token: string }>('POST', '/login', { name: 'ann', password: 'ann' });
    const { secret } = demo.app.get(DemoSettings);
    const tokens = createJwtTokens({ secretOf: async () => secret });
    const identity = { tenant: 'default', user: 'ann' };
    expect(await tokens.authenticate(body.token)).toEqual({
      kind: 'valid',
      identity: expect.objectContaining(identity),
    });
  });

  it.each([
    ['/register', { ...eve, name: 'E' }, /^name must be/],
    ['/register', { ...eve, displayName: ' ' }, /^displayName must be longer/],
    ['/register', { ...eve, password: 'x' }, /^password must be longer/],
    ['/register', { ...eve, isAdmin: true }, /^property isAdmin should not exist/],
    ['/login', { name: 'ann' }, /password must be a string/],
  ])('that is wrong is refused with the field’s name: %s %j', async (path, body, message) => {
    expect(await demo.call('POST', path, body)).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(message) },
    });
  });
});
