import { describe, expect, it } from '@jest/globals';
import { createTypeOrmStore } from '../index.js';
import { POSTGRES_URL, temporarySchema } from './postgres-harness.fixture.js';
import { refusingServer } from './proxy.fixture.js';

const PASSWORD = 'c4nary-p4ss';

async function failureOf(url: string): Promise<Error & { code?: string; field?: string }> {
  try {
    const store = createTypeOrmStore({ url }, { openTimeoutMs: 30_000, deadlineMs: 5000 });
    await store.open();
    await store.close();
  } catch (error) {
    return error as Error;
  }
  throw new Error('It opened');
}

/** The real server, with another part of the url changed. */
function changed(change: (url: URL) => void): string {
  const url = new URL(POSTGRES_URL);
  change(url);
  return url.href;
}

describe('A PostgreSQL url', () => {
  it('with a wrong password is refused at once, without repeating it', async () => {
    const server = await refusingServer();
    const error = await failureOf(`postgres://me:${PASSWORD}@127.0.0.1:${server.port}/app`);
    expect(error).toMatchObject({ code: 'INVALID', field: 'url' });
    expect(error.message).toContain('refuses the user "me": check user and password');
    expect(server.asked()).toBe(1);
    for (let one: unknown = error; one instanceof Error; one = one.cause) {
      expect(`${one.message} ${one.stack} ${JSON.stringify(one)}`).not.toContain(PASSWORD);
    }
    await server.close();
  });

  it('with a database that does not exist says how to make it', async () => {
    const error = await failureOf(changed((url) => (url.pathname = '/push_nowhere')));
    expect(error).toMatchObject({ code: 'INVALID', field: 'url' });
    expect(error.message).toContain('no database "push_nowhere"');
  });

  it('with a user that does not exist is refused at once', async () => {
    const error = await failureOf(changed((url) => (url.username = 'push_nobody')));
    expect(error).toMatchObject({ code: 'INVALID', field: 'url' });
    expect(error.message).toContain('"push_nobody"');
  });

  it('with a schema that does not exist says so', async () => {
    for (const [name, value] of [
      ['search_path', 'push_nowhere'],
      ['options', '-c search_path=push_nowhere'],
    ] as const) {
      const error = await failureOf(changed((url) => url.searchParams.set(name, value)));
      expect(error).toMatchObject({ code: 'INVALID', field: 'url' });
      expect(error.message).toContain('push_nowhere exists');
    }
  });

  it('puts the tables into the schema it names, whichever way it names it', async () => {
    const place = await temporarySchema();
    const store = createTypeOrmStore({
      url: changed((url) => url.searchParams.set('options', `-c search_path=${place.schema},public`)),
    });
    await store.open();
    await store.close();
    await place.remove();
  });

  it('that asks for TLS where there is none says so', async () => {
    const server = await refusingServer();
    const error = await failureOf(`postgres://me:${PASSWORD}@127.0.0.1:${server.port}/app?sslmode=require`);
    expect(error).toMatchObject({ code: 'INVALID', field: 'url' });
    expect(error.message).toContain('sslmode=disable');
    expect(error.message).not.toContain(PASSWORD);
    await server.close();
  });

  it('that cannot be read is refused before anything is opened, without repeating it', () => {
    for (const url of [
      `postgres://me:${PASSWORD}/x@db/app`,
      `postgres://me:${PASSWORD}@one,two/app`,
      `postgres://me:${PASSWORD}@one:1,two:2/app`,
    ]) {
      expect(() => createTypeOrmStore({ url })).toThrow(expect.objectContaining({ code: 'INVALID', field: 'url' }));
      try {
        createTypeOrmStore({ url });
      } catch (error) {
        expect(String((error as Error).stack)).not.toContain(PASSWORD);
      }
    }
  });
});
