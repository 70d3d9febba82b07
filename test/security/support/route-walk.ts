import type { Operation } from 'nest-push/http';
import { sampleRequest, type Names } from './sample-request.js';
import { CANARY, type Reply, type TwoTenants } from './two-tenants.js';

export const routeOf = ({ method, path }: Operation): string => `${method} ${path}`;

/** Routes nobody has said anything about: no guard, no check, no documentation. */
export function unsaidRoutes(routes: readonly string[], operations: readonly Operation[]): string[] {
  const said = new Set(operations.map(routeOf));
  return routes.filter((route) => !said.has(route));
}

/** What takes away comes last: whoever calls has something of its own until then. */
export function gentleFirst(operations: readonly Operation[]): Operation[] {
  const harsh = ({ method, path }: Operation): number => Number(method === 'DELETE' || path.endsWith('/disconnect'));
  return [...operations].sort((a, b) => harsh(a) - harsh(b));
}

/** What `{id}` means differs from path to path. */
export function namesFor({ path }: Operation, names: Names): Names {
  const id = path.startsWith('/v1/keys') ? names.key : path.startsWith('/v1/people') ? 'nobody' : names.message;
  return { ...names, ...(id === undefined ? {} : { id }) };
}

export interface Leak {
  readonly route: string;
  readonly way: string;
  readonly what: string;
}

interface Way {
  readonly name: string;
  readonly bearer?: string;
  readonly headers?: Record<string, string>;
  readonly body?: (body: unknown) => unknown;
  /** Appended to the query. */
  readonly query?: string;
  /** Refused whatever the operation is: these statuses alone. */
  readonly only?: readonly number[];
}

const UNTOUCHED: readonly string[] = ['open', 'signed'];

/** The ways somebody of tenant `b` may try to reach what is in tenant `a`. */
function waysInto(operation: Operation, { a, b }: TwoTenants): Way[] {
  const isClients = operation.access === 'client';
  const own = isClients ? b.clientToken : b.keys.admin;
  const inPath = operation.path.includes('{tenant}');
  const foreign = inPath && !UNTOUCHED.includes(operation.access) ? [404] : undefined;
  const beside = (body: unknown): unknown =>
    typeof body === 'object' && body !== null ? { ...body, tenant: a.tenant } : body;
  return [
    { name: 'own credentials', bearer: own, only: foreign },
    { name: 'X-Tenant', bearer: own, headers: { 'X-Tenant': a.tenant }, only: foreign },
    { name: 'tenant in the body', bearer: own, body: beside, only: foreign },
    { name: 'tenant in the query', bearer: own, query: `tenant=${a.tenant}`, only: foreign ?? [400, 401, 403, 404] },
    ...(UNTOUCHED.includes(operation.access)
      ? []
      : [
          { name: 'the wrong kind of credentials', bearer: isClients ? b.keys.admin : a.clientToken, only: [401] },
          {
            name: 'a key with a letter changed',
            bearer: changed(isClients ? a.clientToken : a.keys.admin),
            only: [401],
          },
          { name: 'no credentials', only: [401] },
          { name: 'no credentials, X-Tenant', headers: { 'X-Tenant': a.tenant }, only: [401] },
        ]),
  ];
}

const changed = (secret: string): string => secret.slice(0, -4) + (secret.endsWith('AAAA') ? 'BBBB' : 'AAAA');

/** Calls the operation in every way; what came out of tenant `a`, or changed in it, is a leak. */
export async function leaksOf(operation: Operation, two: TwoTenants): Promise<Leak[]> {
  const route = routeOf(operation);
  const leaks: Leak[] = [];
  const before = await two.state(two.a);
  for (const way of waysInto(operation, two)) {
    const { method, path, body } = sampleRequest(operation, namesFor(operation, two.a.names));
    const extra = way.query === undefined ? '' : `${path.includes('?') ? '&' : '?'}${way.query}`;
    const reply = await two.call(method, path + extra, {
      body: way.body ? way.body(body) : body,
      bearer: way.bearer,
      headers: way.headers,
    });
    const found = judged(reply, way);
    if (found !== undefined) leaks.push({ route, way: way.name, what: found });
  }
  const changes = differenceOf(before, await two.state(two.a));
  if (changes !== undefined)
    leaks.push({ route, way: 'any', what: `something of the other tenant has changed: ${changes}` });
  return leaks;
}

/** The first line that is another one. */
function differenceOf(before: string, after: string): string | undefined {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const at = was.findIndex((line, index) => line !== is[index]);
  return at < 0 ? undefined : `${was[at]} → ${is[at]}`;
}

function judged({ status, text }: Reply, { only }: Way): string | undefined {
  if (text.includes(CANARY)) return `answered ${status} with what is the other tenant's: ${text.slice(0, 200)}`;
  if (status >= 500 && status !== 503) return `answered ${status}`;
  if (only && !only.includes(status)) return `answered ${status}, not ${only.join(' or ')}: ${text.slice(0, 120)}`;
  return undefined;
}
