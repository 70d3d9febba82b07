import { Controller, Get, type INestApplication } from '@nestjs/common';
import { runApp } from '../../fixtures/http-app.fixture.js';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

/** Every route Express really has, as `GET /v1/messages/{id}`. */
function registered(app: INestApplication): string[] {
  const { stack } = (app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } }).router;
  return stack
    .flatMap(({ route }) =>
      route
        ? Object.keys(route.methods).map(
            (method) => `${method.toUpperCase()} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`,
          )
        : [],
    )
    .sort();
}
const documented = (document: any): string[] =>
  Object.entries<object>(document.paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();

@Controller()
class Undocumented {
  @Get('/v1/secret')
  secret(): string {
    return '';
  }
}

it('documents every route, and no other', async () => {
  const { app, call } = await runApp();
  const { status, body } = await call('GET', '/openapi.json', { key: '' });
  expect(status).toBe(200);
  expect(documented(body)).toEqual(registered(app));
  expect(documented(body)).toContain('POST /v1/messages/batch');
  await app.close();
});

it('notices a route without documentation', async () => {
  const { app, call } = await runApp({ controllers: [Undocumented] });
  const { body } = await call('GET', '/openapi.json', { key: '' });
  expect(registered(app).filter((route) => !documented(body).includes(route))).toEqual(['GET /v1/secret']);
  await app.close();
});

it('refers only to what it has, and names every operation once', async () => {
  const { app, call } = await runApp({ info: { title: 'Mine', version: '7' } });
  const { body, text } = await call('GET', '/openapi.json', { key: '' });
  expect(body).toMatchObject({ openapi: '3.1.0', info: { title: 'Mine', version: '7' }, servers: [{ url: '/' }] });
  const refs = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]!);
  expect(refs.length).toBeGreaterThan(20);
  expect(refs.filter((name) => !(name in body.components.schemas))).toEqual([]);
  const ids = Object.values<any>(body.paths).flatMap((methods) =>
    Object.values<any>(methods).map((one) => one.operationId as string),
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(body.paths['/v1/messages'].post.requestBody.content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/Publish',
  });
  expect(body.paths['/v1/messages'].post.responses['503'].description).toContain('OVERLOADED');
  await app.close();
});

it('leaves health out where the host has its own', async () => {
  const { app, call } = await runApp({ health: false });
  expect((await call('GET', '/healthz')).status).toBe(404);
  expect(documented((await call('GET', '/openapi.json')).body)).toEqual(registered(app));
  await app.close();
});
