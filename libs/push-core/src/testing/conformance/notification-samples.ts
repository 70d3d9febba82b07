import type {
  ClaimNotifications,
  DecisionStep,
  NotificationKey,
  NotificationRow,
} from '../../store/notification-store.js';
import type { Store } from '../../store/store.js';
import { jobRef, withJob } from './job-samples.js';
import { T0, TENANT } from './store-samples.js';

export const OFFLINE = 'offline';

/** Rows and steps are n1's, who holds what is being sent until T0 + 100. */
export const OWNER = 'n1';

/** Name of a row: message, user, device. */
export type RowName = readonly [messageId: string, user: string, device: string];

export const keyOf = ([messageId, user, device]: RowName, tenant = TENANT): NotificationKey => ({
  tenant,
  messageId,
  user,
  device,
});

/** On its way over apns since T0; everything may be overridden. */
export function row(name: RowName, over: Partial<NotificationRow> = {}): NotificationRow {
  const key = keyOf(name, over.tenant);
  const state = over.state ?? 'sending';
  return {
    ...key,
    state,
    dueAt: T0 + 100,
    attempts: 1,
    unknown: 0,
    ...(state === 'sending' ? { owner: OWNER } : {}),
    ...(key.device === '' ? {} : { provider: 'apns' }),
    notificationId: `id ${name.join(' ')}`.slice(0, 36),
    stream: `@${key.user}`,
    seq: 1,
    createdAt: T0,
    updatedAt: T0,
    covers: 1,
    ...over,
  };
}

export const nameOf = ({ messageId, user, device }: NotificationKey): string => `${messageId} ${user} ${device}`;

/** A step that ends the job of the rows' message. */
export const stepOf = (
  id: string,
  rows: readonly NotificationRow[],
  over: Partial<DecisionStep> = {},
): DecisionStep => ({
  job: jobRef(id, { kind: OFFLINE, tenant: rows[0]?.tenant ?? TENANT }),
  owner: OWNER,
  payload: undefined,
  leaseUntil: T0 + 100,
  rows,
  ...over,
});

/** Messages with a job that is about their notifications, taken by n1 until T0 + 100. */
export async function takenJobs(store: Store, ids: readonly string[], tenant = TENANT): Promise<void> {
  await store.messages.append(ids.map((id) => withJob(id, { kind: OFFLINE, tenant })));
  await takeAs(store, OWNER);
}

export const takeAs = async (store: Store, owner: string, now = T0): Promise<string[]> =>
  (await store.jobs.take({ kind: OFFLINE, owner, now, leaseUntil: now + 100, limit: 1000, perTenant: 1000 })).map(
    (job) => job.id,
  );

/** Stores rows by way of a job of their own, named after the first. */
export async function storeRows(store: Store, rows: readonly NotificationRow[], now = T0): Promise<void> {
  for (const tenant of new Set(rows.map((one) => one.tenant))) {
    const own = rows.filter((one) => one.tenant === tenant);
    const id = `of-${own[0]?.messageId}-${own[0]?.user}`;
    await takenJobs(store, [id], tenant);
    await store.notifications.decide([stepOf(id, own)], now);
  }
}

/** Node n1 asks for up to ten at T0, until T0 + 100. */
export const claimOf = (over: Partial<ClaimNotifications> = {}): ClaimNotifications => ({
  owner: OWNER,
  now: T0,
  leaseUntil: T0 + 100,
  limit: 10,
  perTenant: 10,
  ...over,
});
