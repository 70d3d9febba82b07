import type { ProviderToken, UserRef } from '../model/device.js';
import type { Verdict } from '../policy/policy.js';
import type { ReasonCode } from '../receipts/reasons.js';
import type { NotificationRow } from '../store/notification-store.js';
import type { Store } from '../store/store.js';
import { compose } from './compose.js';
import type { Sendable, Way } from './dispatcher.js';
import { WEBHOOK, type Judgement } from './judge.js';
import type { Lane } from './lane.js';
import type { TenantDesk } from './tenant-desk.js';
import { unreadCounts, type UnreadCount } from './unread-counts.js';

/** A judgement that says `send`, with its row. */
export interface Ready {
  readonly judged: Judgement;
  readonly row: NotificationRow;
  readonly desk: TenantDesk;
}

export type Prepared =
  | { readonly kind: 'sendable'; readonly sendable: Sendable }
  /** Not now: its ways have had their share of the day, or have just gone. Unix milliseconds. */
  | { readonly kind: 'wait'; readonly row: NotificationRow; readonly until: number; readonly reason: ReasonCode }
  /** It cannot be composed. */
  | { readonly kind: 'broken'; readonly row: NotificationRow; readonly error: unknown };

type Send = Extract<Verdict, { kind: 'send' }>;

const DAY_MS = 24 * 3600_000;
/** Settings are read again meanwhile. */
const GONE_MS = 5000;

/** Composes, at the moment of sending: the badge is the unread count of now. */
export async function prepare(store: Store, ready: readonly Ready[], now: number): Promise<readonly Prepared[]> {
  const unread = await unreadOf(store, ready, now);
  const ways = ready.map(waysOf);
  const used = await usedToday(store, ready, ways, now);
  return ready.map((one, i): Prepared => {
    const { row, judged, desk } = one;
    const { messageClass, spread, digest } = judged.verdict as Send;
    const all = ways[i] as Way[];
    if (all.length === 0) return { kind: 'wait', row, until: now + GONE_MS, reason: 'no_provider' };
    const open = all.filter((way) => !used.has(way));
    if (open.length === 0) return { kind: 'wait', row, until: nextDay(now, all[0]?.lane), reason: 'quota_device' };
    const { message, place, user } = judged.case;
    const counted = unread.get(`${message.tenant} ${user}`);
    const inThread = message.thread === undefined ? undefined : counted?.threads.get(message.thread);
    try {
      const notification = compose({
        id: row.notificationId,
        message,
        place,
        locale: judged.registered?.locale,
        privacy: desk.policy.privacy,
        texts: desk.texts,
        messageClass,
        unread: counted?.total,
        digest: digest || row.covers > 1 ? Math.max(row.covers, inThread ?? 1) : 1,
      });
      return { kind: 'sendable', sendable: { row, notification, ways: open, spread } };
    } catch (error) {
      return { kind: 'broken', row, error };
    }
  });
}

async function unreadOf(store: Store, ready: readonly Ready[], now: number): Promise<ReadonlyMap<string, UnreadCount>> {
  const users = new Map<string, UserRef>();
  for (const { judged, row } of ready) {
    const { message, user } = judged.case;
    const wantsCount = message.notification?.badge === 'auto' || (judged.verdict as Send).digest || row.covers > 1;
    if (wantsCount) users.set(`${message.tenant} ${user}`, { tenant: message.tenant, user });
  }
  const counts = await unreadCounts(store, [...users.values()], now);
  return new Map([...users.keys()].map((key, i) => [key, counts[i] as UnreadCount]));
}

/** The device's tokens whose providers are to be used, in the order of the channels. */
function waysOf({ judged, desk }: Ready): Way[] {
  const { case: about, device, registered } = judged;
  const tokens: readonly ProviderToken[] = registered?.tokens ?? [{ provider: WEBHOOK, token: '' }];
  return (judged.verdict as Send).channels.flatMap((channel) => {
    const lane = desk.lanes.get(channel);
    if (!lane) return [];
    return tokens
      .filter(({ provider }) => provider === channel)
      .map((token): Way => ({
        lane,
        address: {
          tenant: about.message.tenant,
          user: about.user,
          device,
          platform: registered?.platform ?? WEBHOOK,
          token,
          registeredAt: token.registeredAt ?? registered?.registeredAt ?? 0,
        },
      }));
  });
}

/** Ways whose provider has had its share of this device today. */
async function usedToday(
  store: Store,
  ready: readonly Ready[],
  ways: readonly (readonly Way[])[],
  now: number,
): Promise<ReadonlySet<Way>> {
  const limited: { readonly way: Way; readonly most: number }[] = [];
  ready.forEach(({ judged }, i) => {
    const { messageClass } = judged.verdict as Send;
    for (const way of ways[i] ?? []) {
      const most = way.lane.factory.traits.perDeviceDay?.[messageClass];
      if (most !== undefined) limited.push({ way, most });
    }
  });
  if (limited.length === 0) return new Set();
  const sent = await store.notifications.sentSince(
    limited.map(({ way: { lane, address } }) => ({
      tenant: address.tenant,
      user: address.user,
      device: address.device,
      provider: lane.factory.name,
      since: nextDay(now, lane) - DAY_MS,
    })),
  );
  return new Set(limited.filter(({ most }, i) => (sent[i] ?? 0) >= most).map(({ way }) => way));
}

/** When the provider's next day begins. Unix milliseconds. */
function nextDay(now: number, lane: Lane | undefined): number {
  const offset = lane?.factory.traits.dayOffsetMs ?? 0;
  return (Math.floor((now + offset) / DAY_MS) + 1) * DAY_MS - offset;
}
