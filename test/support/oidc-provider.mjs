// An OpenID provider of one's own, for tests: everybody whom the control names is signed in without being asked, and what it
// hands out can be spoilt. Prints the port it listens on.
//
//   node test/support/oidc-provider.mjs <redirect uri>
//   POST /control {"account": "ann", "claims": {…}, "spoil": "audience"}
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider from 'oidc-provider';

const [redirectUri] = process.argv.slice(2);
const keys = await generateKeyPair('RS256', { extractable: true });
const foreignKeys = await generateKeyPair('RS256', { extractable: true });
const jwk = { ...(await exportJWK(keys.privateKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
let control = { account: 'ann', claims: {}, spoil: undefined };

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'push',
      client_secret: 'secret-of-the-client',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
    },
  ],
  jwks: { keys: [jwk] },
  cookies: { keys: ['of a test'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...control.claims }) }),
});

/** An id token as another would have made it. */
async function spoilt(token) {
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  switch (control.spoil) {
    case 'issuer':
      claims.iss = 'https://elsewhere.example';
      break;
    case 'audience':
      claims.aud = 'another-client';
      break;
    case 'nonce':
      claims.nonce = 'of another sign-in';
      break;
    case 'expired':
      claims.exp = claims.iat - 3600;
      break;
  }
  const key = control.spoil === 'signature' ? foreignKeys.privateKey : keys.privateKey;
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key);
}

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === '/token' && control.spoil && ctx.body?.id_token) ctx.body.id_token = await spoilt(ctx.body.id_token);
});

async function finish(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: control.account, clientId: params.client_id });
  grant.addOIDCScope('openid email profile');
  const grantId = await grant.save();
  await provider.interactionFinished(request, response, {
    login: { accountId: control.account },
    consent: { grantId },
  });
}

const answer = provider.callback();
server.on('request', async (request, response) => {
  if (request.url === '/control') {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    control = { claims: {}, ...JSON.parse(Buffer.concat(chunks).toString()) };
    return response.end();
  }
  if (request.url.startsWith('/interaction/')) {
    return finish(request, response).catch((error) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  }
  answer(request, response);
});
process.stdout.write(`listening on ${issuer}\n`);
