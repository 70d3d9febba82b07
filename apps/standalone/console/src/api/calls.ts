import { download, request, type Call } from './request';
import type * as t from './types';

const in_ = encodeURIComponent;
const one = (tenant: string): string => `/v1/tenants/${in_(tenant)}`;
const user = (id: string): string => `/v1/users/${in_(id)}`;
const topic = (name: string): string => `/v1/topics/${in_(name)}`;
const PAGE = 50;

interface Listing {
  readonly after?: string;
  readonly before?: string;
}

/** Every call the page makes, by what it is about. A tenant's own routes name it in the path and in `X-Tenant`. */
export const api = {
  health: {
    async ready(stop?: AbortSignal): Promise<t.Readiness> {
      const answer = await fetch('/readyz', { cache: 'no-store', signal: stop });
      const said = (await answer.json()) as Partial<t.Readiness>;
      return { ...said, status: answer.ok ? (said.status ?? 'ready') : 'down' };
    },
    stats: (range: t.Range, stop?: AbortSignal) => request<t.Stats>('GET', '/v1/stats', { query: { range }, stop }),
  },
  messages: {
    list: (query: Record<string, string | number | undefined>, stop?: AbortSignal) =>
      request<{ messages: t.MessageLine[]; next?: string }>('GET', '/v1/messages', {
        query: { limit: PAGE, ...query },
        stop,
      }),
    read: (id: string, stop?: AbortSignal) => request<t.Message>('GET', `/v1/messages/${in_(id)}`, { stop }),
    explain: (id: string, whose: string, stop?: AbortSignal) =>
      request<t.Explanation>('GET', `/v1/messages/${in_(id)}/explain`, { query: { user: whose }, stop }),
    recall: (id: string) => request<{ state: string }>('DELETE', `/v1/messages/${in_(id)}`),
    publish: (body: unknown, idempotencyKey?: string) => {
      const headers: Call['headers'] = idempotencyKey ? { 'Idempotency-Key': idempotencyKey } : {};
      return request<t.Published>('POST', '/v1/messages', { body, headers });
    },
  },
  users: {
    list: (prefix: string, after?: string, stop?: AbortSignal, limit = PAGE) =>
      request<{ users: t.UserLine[]; next?: string }>('GET', '/v1/users', { query: { prefix, after, limit }, stop }),
    devices: (id: string, stop?: AbortSignal) =>
      request<{ devices: t.Device[] }>('GET', `${user(id)}/devices`, { stop }),
    presence: (id: string, stop?: AbortSignal) => request<t.Presence>('GET', `${user(id)}/presence`, { stop }),
    cursors: (id: string, stop?: AbortSignal) =>
      request<{ cursors: t.Cursor[] }>('GET', `${user(id)}/cursors`, { stop }),
    inbox: (id: string, after: number, stop?: AbortSignal, limit = PAGE) =>
      request<t.Inbox>('GET', `${user(id)}/inbox`, { query: { after, limit }, stop }),
    preferences: (id: string, stop?: AbortSignal) => request<t.Preferences>('GET', `${user(id)}/preferences`, { stop }),
    putPreferences: (id: string, body: unknown) => request<t.Preferences>('PUT', `${user(id)}/preferences`, { body }),
    disconnect: (id: string) => request<void>('POST', `${user(id)}/disconnect`),
    removeDevice: (id: string, device: string) => request<void>('DELETE', `${user(id)}/devices/${in_(device)}`),
    erase: (id: string) => request<{ erased: Record<string, number> }>('DELETE', user(id)),
  },
  topics: {
    list: (prefix: string, after?: string, stop?: AbortSignal) =>
      request<{ topics: t.TopicLine[]; next?: string }>('GET', '/v1/topics', {
        query: { prefix, after, limit: PAGE },
        stop,
      }),
    subscribers: (name: string, after?: string, stop?: AbortSignal) =>
      request<{ subscribers: t.Subscriber[]; next?: string }>('GET', `${topic(name)}/subscribers`, {
        query: { after, limit: PAGE },
        stop,
      }),
    subscribe: (name: string, users: readonly string[]) =>
      request<{ added: string[] }>('POST', `${topic(name)}/subscribers`, { body: { users } }),
    unsubscribe: (name: string, id: string) => request<void>('DELETE', `${topic(name)}/subscribers/${in_(id)}`),
  },
  providers: {
    list: (of: string, stop?: AbortSignal) =>
      request<{ providers: t.ProviderState[] }>('GET', `${one(of)}/providers`, { tenant: of, stop }),
    put: (of: string, name: string, body: unknown) =>
      request<t.ProviderState>('PUT', `${one(of)}/providers/${in_(name)}`, { tenant: of, body }),
    remove: (of: string, name: string) => request<void>('DELETE', `${one(of)}/providers/${in_(name)}`, { tenant: of }),
    check: (of: string, name: string) =>
      request<t.CheckAnswer>('POST', `${one(of)}/providers/${in_(name)}/check`, { tenant: of }),
  },
  dead: {
    list: (after?: number, stop?: AbortSignal, limit = PAGE) =>
      request<{ notifications: t.DeadLine[]; next?: number }>('GET', '/v1/notifications/dead', {
        query: { after, limit },
        stop,
      }),
    replay: (which?: readonly { id: string; user: string; device: string }[]) =>
      request<{ replayed: number }>('POST', '/v1/notifications/dead/replay', {
        body: which ? { notifications: which } : {},
      }),
    purge: (which?: { id: string; user: string; device: string }) =>
      request<{ purged: number }>('DELETE', '/v1/notifications/dead', { query: which }),
  },
  tenants: {
    list: (after?: string, stop?: AbortSignal, limit = PAGE) =>
      request<{ tenants: t.Tenant[]; next?: string }>('GET', '/v1/tenants', { query: { after, limit }, stop }),
    read: (id: string, stop?: AbortSignal) =>
      request<t.Tenant & { usage?: t.Usage }>('GET', one(id), { tenant: id, stop }),
    create: (body: { id: string; name?: string }) => request<t.Tenant>('POST', '/v1/tenants', { body }),
    limits: (id: string, body: t.TenantLimits) => request<t.Tenant>('PUT', `${one(id)}/limits`, { tenant: id, body }),
    suspend: (id: string, reason?: string) =>
      request<t.Tenant>('POST', `${one(id)}/suspend`, { tenant: id, body: reason ? { reason } : {} }),
    resume: (id: string) => request<t.Tenant>('POST', `${one(id)}/resume`, { tenant: id }),
    erase: (id: string) =>
      request<{ erased: Record<string, number> }>('DELETE', one(id), { tenant: id, query: { confirm: id } }),
    rotateSecret: (id: string, overlapMs: number) =>
      request<{ rotatedAt: number; previousUntil: number }>('POST', `${one(id)}/secrets`, {
        tenant: id,
        body: { overlapMs },
      }),
    issuers: (id: string, stop?: AbortSignal) =>
      request<{ issuers: t.Issuer[] }>('GET', `${one(id)}/issuers`, { tenant: id, stop }),
    putIssuers: (id: string, issuers: readonly t.Issuer[]) =>
      request<{ issuers: t.Issuer[] }>('PUT', `${one(id)}/issuers`, { tenant: id, body: { issuers } }),
  },
  keys: {
    list: (stop?: AbortSignal) => request<{ keys: t.ApiKey[] }>('GET', '/v1/keys', { stop }),
    create: (body: { role: t.Role; name?: string; expiresAt?: number }) =>
      request<t.NewApiKey>('POST', '/v1/keys', { body }),
    rotate: (id: string, overlapMs: number) =>
      request<t.NewApiKey>('POST', `/v1/keys/${in_(id)}/rotate`, { body: { overlapMs } }),
    remove: (id: string) => request<void>('DELETE', `/v1/keys/${in_(id)}`),
  },
  audit: {
    list: (query: Listing & { tenant?: string; action?: string }, stop?: AbortSignal) =>
      request<{ entries: t.AuditEntry[]; next?: string }>('GET', '/v1/audit', {
        query: { limit: PAGE, ...query },
        stop,
      }),
    export: (since?: number, until?: number) => download('/v1/audit/export', { query: { since, until } }),
  },
  people: {
    list: (stop?: AbortSignal) => request<{ people: t.PersonLine[] }>('GET', '/v1/people', { stop }),
    add: (body: { name: string; role: t.Role; tenant: string; password?: string }) =>
      request<t.PersonLine & { password?: string }>('POST', '/v1/people', { body }),
    change: (
      id: string,
      body: { role?: t.Role; tenant?: string; disabled?: boolean; password?: string; totp?: false },
    ) => request<t.PersonLine>('PUT', `/v1/people/${in_(id)}`, { body }),
    remove: (id: string) => request<void>('DELETE', `/v1/people/${in_(id)}`),
  },
  me: {
    signIn: (body: { name: string; password: string; code?: string }) =>
      request<{ next: 'done' | 'totp' }>('POST', '/console/sign-in', { body }),
    signOut: () => request<void>('POST', '/console/sign-out'),
    password: (current: string, next: string) =>
      request<void>('POST', '/console/password', { body: { current, next } }),
    totp: () => request<{ secret: string; url: string }>('POST', '/console/totp'),
    confirmTotp: (code: string) =>
      request<{ recoveryCodes: string[] }>('POST', '/console/totp/confirm', { body: { code } }),
    removeTotp: (code: string) => request<void>('POST', '/console/totp/remove', { body: { code } }),
  },
};
