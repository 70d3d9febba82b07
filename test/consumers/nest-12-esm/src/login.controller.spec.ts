import { LoginController } from './login.controller.js';
import { tokens } from './tokens.js';

describe('LoginController', () => {
  it('gives a token that connects', async () => {
    const { token } = await new LoginController().login({ user: 'bob' });
    expect(await tokens.authenticate(token)).toMatchObject({ kind: 'valid', identity: { user: 'bob' } });
  });
});
