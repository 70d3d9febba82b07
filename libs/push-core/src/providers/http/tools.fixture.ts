import type { Clock } from '../../clock/clock.js';
import { systemClock } from '../../clock/system-clock.js';
import { createIds } from '../../ids/ids.js';
import type { ProviderToken } from '../../model/device.js';
import type { Composed, Retraction } from '../../offline/composed.js';
import type { Setting, SettingStore } from '../../store/setting-store.js';
import type { Address, ProviderTools, SendRequest } from '../provider.js';
import { createTokenShelf } from '../token-shelf-stored.js';
import { createHttpPool, type HttpPoolOptions } from './create-pool.js';
import { createEgressGuard } from './egress-guard.js';

/** As one node keeps them; no other shares it. */
function ownSettings(): SettingStore {
  const rows = new Map<string, Setting>();
  return {
    get: async (keys) => keys.map(({ tenant, name }) => rows.get(`${tenant} ${name}`)),
    list: async () => [],
    put: async ({ tenant, name }, value, now, ifVersion) => {
      const version = rows.get(`${tenant} ${name}`)?.version ?? 0;
      if (ifVersion !== undefined && ifVersion !== version) return undefined;
      const row = { tenant, name, value, version: version + 1, updatedAt: now };
      rows.set(`${tenant} ${name}`, row);
      return row;
    },
    remove: async () => false,
  };
}

/** The machine's time with an offset that a test moves: sockets are real, an hour passes at once. */
export function shiftedClock(): Clock & { shiftMs: number } {
  const clock = {
    ...systemClock,
    shiftMs: 0,
    now: (): number => systemClock.now() + clock.shiftMs,
  };
  return clock;
}

/** What a provider gets, with real sockets to what runs on this machine. */
export function providerTools(
  options: { readonly deadlineMs?: number; readonly clock?: Clock; readonly http?: Partial<HttpPoolOptions> } = {},
): ProviderTools {
  const clock = options.clock ?? systemClock;
  return {
    tenant: 't1',
    clock,
    random: () => 0.5,
    ids: createIds(),
    deadlineMs: options.deadlineMs ?? 3000,
    shelf: createTokenShelf({ store: ownSettings(), clock }),
    http: createHttpPool({
      clock,
      random: () => 0.5,
      backOffMs: 20,
      guard: createEgressGuard({ allow: ['127.0.0.0/8', '::1/128'] }),
      ...options.http,
    }),
  };
}

let serial = 0;
const uuid = (): string => `00000000-0000-4000-8000-${(++serial).toString(16).padStart(12, '0')}`;

export const composed = (parts: Partial<Composed> = {}): Composed => ({
  id: uuid(),
  messageId: 'm1',
  title: 'Ann',
  body: 'Hi!',
  badge: 3,
  sound: 'default',
  messageClass: 'im',
  thread: 'room-7',
  collapseKey: 'room-7',
  priority: 'high',
  expiresAt: systemClock.now() + 3_600_000,
  data: { id: 'm1', stream: '@me', seq: '42', type: 'chat.message', thread: 'room-7' },
  mutable: false,
  ...parts,
});

export const retraction = (parts: Partial<Retraction> = {}): Retraction => ({
  id: uuid(),
  notificationId: uuid(),
  messageId: 'm1',
  badge: 2,
  reason: 'read',
  ...parts,
});

export const addressed = (token: ProviderToken, parts: Partial<Address> = {}): Address => ({
  tenant: 't1',
  user: 'u1',
  device: 'd1',
  platform: token.provider === 'apns' ? 'ios' : 'android',
  token,
  registeredAt: 0,
  ...parts,
});

export const to = (token: ProviderToken, parts: Partial<Composed> = {}): SendRequest => ({
  address: addressed(token),
  notification: composed(parts),
});
