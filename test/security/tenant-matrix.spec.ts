import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject } from '@nestjs/common';
import { PUSH } from 'nest-push';
import {
  Caller,
  CheckedInput,
  PushController,
  Route,
  type Input,
  type Operation,
  type Principal,
} from 'nest-push/http';
import { PushError, type Push } from 'push-core';
import { gentleFirst, leaksOf, namesFor, routeOf, unsaidRoutes } from './support/route-walk.js';
import { sampleRequest } from './support/sample-request.js';
import { startStandaloneApp, type StandaloneApp } from './support/standalone-app.js';
import { CANARY, TwoTenants } from './support/two-tenants.js';

/** What anybody may call, and what a provider signs. Another one is a decision, to be made here. */
const OPEN = [
  ...['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /openapi.json', 'POST /v1/callbacks/{tenant}/{provider}'],
  ...['GET /console/session', 'POST /console/sign-in', 'POST /console/sign-out', 'POST /console/password'],
  ...['POST /console/totp', 'POST /console/totp/confirm', 'DELETE /console/totp', 'POST /console/totp/remove'],
];

describe('the whole table of routes', () => {
  let app: StandaloneApp;
  let two: TwoTenants;
  beforeAll(async () => {
    app = await startStandaloneApp();
    two = await TwoTenants.in(app);
  });
  afterAll(() => app.close());

  it('has nothing but operations, and opens no other door than those that are known', () => {
    expect(app.routes.length).toBeGreaterThan(50);
    expect(unsaidRoutes(app.routes, app.operations)).toEqual([]);
    const open = app.operations.filter(({ access }) => access === 'open' || access === 'signed').map(routeOf);
    expect(open.filter((route) => !OPEN.includes(route))).toEqual([]);
  });

  it('is walked with requests that do show a tenant what is its own', async () => {
    const shown: string[] = [];
    for (const operation of app.operations) {
      if (operation.method !== 'GET') continue;
      const { method, path } = sampleRequest(operation, namesFor(operation, two.a.names));
      const bearer = operation.access === 'client' ? two.a.clientToken : two.a.keys.admin;
      if ((await two.call(method, path, { bearer })).text.includes(CANARY)) shown.push(operation.id);
    }
    expect(shown).toEqual(
      expect.arrayContaining([
        'message',
        'inbox',
        'devices',
        'subscribers',
        'preferences',
        'keys',
        'tenant',
        'poll',
        'stream',
      ]),
    );
  });

  it('counts the same idempotency key of two tenants as two', async () => {
    const body = { to: { users: ['same-user'] }, type: 'harmless', thread: 'same-thread', data: { mark: 'harmless' } };
    const { status, text } = await two.call('POST', '/v1/messages', {
      ...{ body, bearer: two.b.keys.admin, headers: { 'Idempotency-Key': 'same' } },
    });
    expect([status, JSON.parse(text)]).toEqual([
      202,
      expect.objectContaining({ id: two.b.names.message, duplicate: true }),
    ]);
    expect(two.b.names.message).not.toBe(two.a.names.message);
  });

  it('shows and changes nothing of another tenant, in whatever way it is named', async () => {
    const leaks = [];
    for (const operation of gentleFirst(app.operations)) leaks.push(...(await leaksOf(operation, two)));
    expect(leaks).toEqual([]);
  });

  it('lets no key do more than its role', async () => {
    const wrong: string[] = [];
    for (const operation of app.operations) {
      const roles =
        operation.access === 'admin'
          ? (['publisher', 'reader'] as const)
          : operation.access === 'publish'
            ? (['reader'] as const)
            : [];
      for (const role of roles) {
        const { method, path, body } = sampleRequest(operation, namesFor(operation, two.b.names));
        const { status } = await two.call(method, path, { body, bearer: two.b.keys[role] });
        if (status !== 403) wrong.push(`${routeOf(operation)} as ${role}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('keeps what belongs to the server from the administrator of one tenant', async () => {
    const { bearer } = { bearer: two.b.keys.admin };
    const server = ['createTenant', 'tenants', 'putTenantLimits', 'suspendTenant', 'resumeTenant', 'deleteTenant'];
    for (const id of server) {
      const operation = app.operations.find((one) => one.id === id) as Operation;
      const { method, path, body } = sampleRequest(operation, namesFor(operation, two.b.names));
      expect([id, (await two.call(method, path, { body, bearer })).status]).toEqual([id, 403]);
    }
  });
});

const rogueOperation = (path: string, access: Operation['access']): Operation => ({
  ...{ id: `rogue ${path}`, method: 'GET', tag: 'rogue', summary: 'A mistake', path, access },
  answer: { status: 200, description: 'What it should not' },
});
const ofAnyTenant = rogueOperation('/v1/rogue/{user}', 'read');
const ofThePath = rogueOperation('/v1/rogue/by-path/{tenant}', 'open');
const changing: Operation = { ...rogueOperation('/v1/rogue/{user}/devices', 'publish'), method: 'DELETE' };

@PushController()
class Rogue {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  /** Asks every tenant but the caller's. */
  @Route(ofAnyTenant)
  async inbox(@Caller() { tenant }: Principal, @CheckedInput() { params }: Input): Promise<unknown> {
    if (tenant === 'a') throw new PushError('NOT_FOUND', 'no');
    return this.push.inbox('a', params.user ?? '', {});
  }

  /** Open, though it says what a tenant has. */
  @Route(ofThePath)
  async devices(@CheckedInput() { params }: Input): Promise<unknown> {
    return { devices: await this.push.devices(params.tenant ?? '', 'same-user') };
  }

  /** Shows nothing, and takes a device away. */
  @Route(changing)
  async remove(@CheckedInput() { params }: Input): Promise<unknown> {
    await this.push.removeDevice({ tenant: 'a', user: params.user ?? '', device: 'same-device' });
    return {};
  }
}

@Controller()
class Unsaid {
  @Get('/v1/unsaid/:user')
  say(): string {
    return 'nobody asked who you are';
  }
}

it('turns red for a route without a tenant check, one that is open, one that only writes, and one nobody has described', async () => {
  const app = await startStandaloneApp([Rogue, Unsaid]);
  try {
    const two = await TwoTenants.in(app);
    expect(unsaidRoutes(app.routes, app.operations)).toEqual(['GET /v1/unsaid/{user}']);
    expect(await leaksOf(ofAnyTenant, two)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ way: 'own credentials', what: expect.stringContaining(CANARY) }),
      ]),
    );
    expect(await leaksOf(ofThePath, two)).not.toEqual([]);
    expect(await leaksOf(changing, two)).toEqual(
      expect.arrayContaining([expect.objectContaining({ what: expect.stringContaining('has changed') })]),
    );
  } finally {
    await app.close();
  }
});
