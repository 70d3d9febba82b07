import { LoginController } from './login.controller';
import { tokens } from './tokens';

describe('LoginController', () => {
  it('gives a token that connects', async () => {
    const { token } = await new LoginController().login({ user: 'bob' });
    expect(await tokens.authenticate(token)).toMatchObject({ kind: 'valid', identity: { user: 'bob' } });
  });
});
