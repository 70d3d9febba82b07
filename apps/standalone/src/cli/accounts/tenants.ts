import { pairs, timeText, type Output } from '../output.js';
import { segment, type ServerCall } from '../server-call.js';

export interface LimitOptions {
  readonly publishesPerSecond?: number;
  readonly connections?: number;
  readonly recipientsPerMessage?: number;
  readonly storedBytes?: number;
  /** Milliseconds. */
  readonly retention?: number;
  readonly weight?: number;
}

type Limits = Readonly<Record<string, number | undefined>>;
interface Tenant {
  readonly id: string;
  readonly name?: string;
  readonly createdAt: number;
  readonly suspendedAt?: number;
  readonly suspendReason?: string;
  readonly limits?: Limits;
  readonly issuers?: number;
  readonly usage?: Readonly<Record<string, unknown>>;
}

const path = (id: string, more = ''): string => `/v1/tenants/${segment(id)}${more}`;

export async function listTenants(
  query: { limit?: number; after?: string },
  server: ServerCall,
  output: Output,
): Promise<void> {
  const { limit, after } = query;
  const page = await server.get<{ tenants: Tenant[]; next?: string }>('/v1/tenants', { limit, after });
  output.document(page, () => {
    const rows = page.tenants.map((one) => [one.id, one.name, timeText(one.createdAt), stateOf(one)]);
    const more = page.next === undefined ? '' : `\nThere are more: --after ${page.next}`;
    return `${output.table(['tenant', 'name', 'made', 'state'], rows)}${more}`;
  });
}

export async function createTenant(
  id: string,
  options: { name?: string } & LimitOptions,
  server: ServerCall,
  output: Output,
): Promise<void> {
  const limits = limitsOf(options);
  const body = { id, ...(options.name ? { name: options.name } : {}), ...(limits ? { limits } : {}) };
  show(await server.call<Tenant>('POST', '/v1/tenants', body), output);
  output.note(`Its first key: push key create publisher --tenant ${id}`);
}

export const showTenant = async (id: string, server: ServerCall, output: Output): Promise<void> =>
  show(await server.get<Tenant>(path(id)), output);

export async function limitTenant(
  id: string,
  options: { reset?: boolean } & LimitOptions,
  server: ServerCall,
  output: Output,
): Promise<void> {
  const wanted = limitsOf(options);
  if (!wanted && !options.reset) return showTenant(id, server, output);
  const before = options.reset ? {} : (await server.get<Tenant>(path(id))).limits;
  show(await server.call<Tenant>('PUT', path(id, '/limits'), { ...before, ...wanted }), output);
}

export async function suspendTenant(id: string, reason: string | undefined, server: ServerCall, output: Output) {
  show(await server.call<Tenant>('POST', path(id, '/suspend'), reason === undefined ? {} : { reason }), output);
}

export async function resumeTenant(id: string, server: ServerCall, output: Output): Promise<void> {
  show(await server.call<Tenant>('POST', path(id, '/resume')), output);
}

export async function rotateSecret(id: string, overlapMs: number | undefined, server: ServerCall, output: Output) {
  const body = overlapMs === undefined ? {} : { overlapMs };
  const answer = await server.call<{ rotatedAt: number; previousUntil: number }>('POST', path(id, '/secrets'), body);
  output.document(
    answer,
    () =>
      `New tokens are signed with a new secret; those of the old one are good until ${timeText(answer.previousUntil)}`,
  );
}

function limitsOf(options: LimitOptions): Limits | undefined {
  const { publishesPerSecond, connections, recipientsPerMessage, storedBytes, retention, weight } = options;
  const all = { publishesPerSecond, connections, recipientsPerMessage, storedBytes, retentionMs: retention, weight };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

function show(tenant: Tenant, output: Output): void {
  const { limits, usage, createdAt, suspendedAt, ...rest } = tenant;
  output.document(tenant, () =>
    pairs({
      ...rest,
      createdAt: timeText(createdAt),
      suspendedAt: suspendedAt === undefined ? undefined : timeText(suspendedAt),
      limits: limits && Object.keys(limits).length > 0 ? limits : "the server's defaults",
      usage,
    }),
  );
}

const stateOf = ({ suspendedAt, suspendReason }: Tenant): string =>
  suspendedAt === undefined ? 'active' : `suspended${suspendReason ? `: ${suspendReason}` : ''}`;
