import type { Clock, Timer } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { UserRef } from '../model/device.js';
import type { NotificationRow } from '../store/notification-store.js';
import type { Store } from '../store/store.js';
import type { RetractRequest } from '../providers/provider.js';
import type { Retraction } from './composed.js';
import { gatherFacts, presenceOf } from './gather-facts.js';
import { retractionId } from './case.js';
import { collapseKeyOf } from './content/collapse-key.js';
import type { Lane } from './lane.js';
import type { TenantDesks } from './tenant-desk.js';
import { unreadCounts } from './unread-counts.js';
import type { Case, Facts } from './case.js';

/** What was shown longer ago than this is left where it is. */
const SINCE_MS = 24 * 3600_000;
/** Users looked at together. */
const USERS = 500;
const ROWS = 1000;

/**
 * Takes notifications back that are not needed any more: read elsewhere, acknowledged late by another device, recalled. It is told of
 * users whose cursors or read marks moved, looks a moment later, and asks only what is outstanding of them. What a crash forgets is left
 * standing: a notification too many, never one too few.
 */
export class Retractor {
  private users = new Map<string, UserRef>();
  private recalled = new Map<string, { readonly tenant: string; readonly id: string }>();
  private timer?: Timer;
  private work: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly desks: TenantDesks,
    private readonly afterMs: number,
  ) {}

  /** A cursor or a read mark of these users moved. */
  moved(users: Iterable<UserRef>): void {
    for (const { tenant, user } of users) this.users.set(`${tenant} ${user}`, { tenant, user });
    this.plan();
  }

  recall(message: { readonly tenant: string; readonly id: string }): void {
    this.recalled.set(`${message.tenant} ${message.id}`, message);
    this.plan();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    this.timer = undefined;
    await this.work;
  }

  private plan(): void {
    if (this.stopped || this.timer || (this.users.size === 0 && this.recalled.size === 0)) return;
    this.timer = this.clock.after(this.afterMs, () => {
      this.work = this.look()
        .catch((error: unknown) => this.events.emit('trouble', { during: 'retraction of notifications', error }))
        .finally(() => {
          this.timer = undefined;
          this.plan();
        });
    });
  }

  private async look(): Promise<void> {
    const users = [...this.users.values()];
    const recalled = [...this.recalled.values()];
    this.users = new Map();
    this.recalled = new Map();
    for (let at = 0; at < users.length; at += USERS) await this.lookAt(users.slice(at, at + USERS));
    for (const { tenant, id } of recalled) await this.takeBackAll(tenant, id);
  }

  private async lookAt(users: readonly UserRef[]): Promise<void> {
    const now = this.clock.now();
    const outstanding = await this.store.notifications.outstanding(users, now - SINCE_MS);
    const rows = outstanding.flat();
    if (rows.length === 0) return;
    const cases = await this.casesOf(rows);
    const facts = await gatherFacts(this.store, cases, now);
    const over = cases.flatMap((one, i): Over[] => {
      const reason = reasonOf(facts[i] as Facts);
      const row = one.row as NotificationRow;
      // A device that is connected clears its own by itself.
      return reason && !facts[i]?.connected.has(row.device) ? [{ row, reason }] : [];
    });
    await this.takeBack(over);
  }

  private async casesOf(rows: readonly NotificationRow[]): Promise<Case[]> {
    const states = await this.store.messages.states(rows.map(({ tenant, stream }) => ({ tenant, stream })));
    return rows.map((row, i): Case => {
      const { tenant, messageId, thread, stream, seq, user } = row;
      // Of the message, only what the facts are found by.
      const message = { tenant, id: messageId, thread } as Case['message'];
      return { message, place: { stream, seq, epoch: states[i]?.epoch ?? '' }, user, row };
    });
  }

  private async takeBackAll(tenant: string, id: string): Promise<void> {
    let after: { user: string; device: string } | undefined;
    for (;;) {
      const rows = await this.store.notifications.find(tenant, id, { after, limit: ROWS });
      const shown = rows.filter((row) => row.state === 'accepted' && row.retractedAt === undefined);
      await this.takeBack(shown.map((row) => ({ row, reason: 'recalled' })));
      const last = rows.at(-1);
      if (!last || rows.length < ROWS) return;
      after = { user: last.user, device: last.device };
    }
  }

  private async takeBack(over: readonly Over[]): Promise<void> {
    if (over.length === 0) return;
    const now = this.clock.now();
    const users = over.map(({ row: { tenant, user } }) => ({ tenant, user }));
    const ids = [...new Set(over.map(({ row }) => `${row.tenant} ${row.messageId}`))];
    const [devices, unread, connected, stored] = await Promise.all([
      this.store.devices.of(users),
      unreadCounts(this.store, users, now),
      presenceOf(this.store, users, now),
      this.store.messages.findAll(
        ids.map((name) => ({ tenant: name.split(' ')[0] ?? '', id: name.split(' ')[1] ?? '' })),
      ),
    ]);
    const messages = new Map(ids.map((name, i) => [name, stored[i]?.message]));
    const byLane = new Map<Lane, { over: Over; request: RetractRequest }[]>();
    const done: Over[] = [];
    for (const [i, one] of over.entries()) {
      const { row, reason } = one;
      const device = devices[i]?.find((each) => each.device === row.device);
      const token = device?.tokens.find(({ provider }) => provider === row.provider);
      const lane = (await this.desks.of(row.tenant)).lanes.get(row.provider ?? '');
      if (!device || !token || !lane || connected[i]?.has(row.device)) {
        done.push(one);
        continue;
      }
      const address = {
        tenant: row.tenant,
        user: row.user,
        device: row.device,
        platform: device.platform,
        token,
        registeredAt: token.registeredAt ?? device.registeredAt,
      };
      const retraction: Retraction = {
        id: retractionId(row),
        notificationId: row.notificationId,
        providerId: row.providerId,
        messageId: row.messageId,
        thread: row.thread,
        collapseKey: collapseKeyOf({
          collapseKey: messages.get(`${row.tenant} ${row.messageId}`)?.options.collapseKey,
          thread: row.thread,
          digest: row.covers > 1,
        }),
        badge: unread[i]?.total ?? 0,
        reason,
      };
      const some = byLane.get(lane);
      const asked = { over: one, request: { address, retraction } };
      if (some) some.push(asked);
      else byLane.set(lane, [asked]);
    }
    const told: Over[] = [];
    await Promise.all(
      [...byLane].map(async ([lane, asked]) => {
        const results = await lane.retract(asked.map(({ request }) => request));
        asked.forEach(({ over: one }, i) => {
          done.push(one);
          if (results[i]?.kind === 'accepted') told.push(one);
        });
      }),
    );
    // Tried once: one that could not be taken back is not tried for ever.
    await this.store.notifications.mark(
      done.map(({ row: { tenant, user, device, messageId } }) => ({
        tenant,
        user,
        device,
        messageId,
        retractedAt: now,
      })),
    );
    for (const { row, reason } of told) {
      const { tenant, user, device, messageId, provider } = row;
      this.events.emit('retracted', { tenant, user, device, id: messageId, provider, reason });
    }
  }
}

interface Over {
  readonly row: NotificationRow;
  readonly reason: Retraction['reason'];
}

function reasonOf({ isRead, acknowledgedBy }: Facts): Retraction['reason'] | undefined {
  if (isRead) return 'read';
  return acknowledgedBy.length > 0 ? 'acknowledged' : undefined;
}
