import { Inject } from '@nestjs/common';
import { PushError, type NotificationKey, type NotificationRow, type Push } from 'push-core';
import { PUSH } from '../../tokens.js';
import type { Principal } from '../api-authenticator.js';
import { Caller, CheckedInput, type Input } from '../metadata.js';
import {
  DEAD_PAGE,
  deadOperation,
  purgeDeadOperation,
  replayDeadOperation,
} from '../openapi/notification.operations.js';
import { PushController, Route } from '../route.js';

/** A notification as a caller names it; `id` is the message's. */
interface Named {
  readonly id: string;
  readonly user: string;
  readonly device: string;
}

/** Dead letters: what was tried in vain. */
@PushController()
export class NotificationsController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(deadOperation)
  async dead(
    @Caller() { tenant }: Principal,
    @CheckedInput() { query }: Input<undefined, { after?: number; limit?: number }>,
  ): Promise<{ notifications: object[]; next?: number }> {
    const { after = 0, limit = DEAD_PAGE } = query;
    const rows = await this.push.notifications.dead(tenant, { after, limit });
    return { notifications: rows.map(shown), next: rows.length < limit ? undefined : after + rows.length };
  }

  @Route(replayDeadOperation)
  async replay(
    @Caller() { tenant }: Principal,
    @CheckedInput() { body }: Input<{ notifications?: Named[] }>,
  ): Promise<{ replayed: number }> {
    const keys = body.notifications?.map((one) => keyOf(tenant, one));
    return { replayed: await this.push.notifications.replay(tenant, keys) };
  }

  @Route(purgeDeadOperation)
  async purge(
    @Caller() { tenant }: Principal,
    @CheckedInput() { query }: Input<undefined, Partial<Named>>,
  ): Promise<{ purged: number }> {
    const { id, user, device } = query;
    if (id === undefined && user === undefined && device === undefined)
      return { purged: await this.push.notifications.purge(tenant) };
    // Half a name must not be taken for none: that would remove all of them.
    if (id === undefined) throw missing('id');
    if (user === undefined) throw missing('user');
    if (device === undefined) throw missing('device');
    return { purged: await this.push.notifications.purge(tenant, [keyOf(tenant, { id, user, device })]) };
  }
}

const keyOf = (tenant: string, { id, user, device }: Named): NotificationKey => ({
  tenant,
  messageId: id,
  user,
  device,
});

const missing = (field: string): PushError =>
  new PushError('INVALID', `"${field}" is missing: name a notification by id, user and device, or none`, { field });

const shown = (row: NotificationRow): object => ({
  id: row.messageId,
  user: row.user,
  device: row.device,
  notificationId: row.notificationId,
  provider: row.provider,
  reason: row.reason,
  attempts: row.attempts,
  createdAt: row.createdAt,
  diedAt: row.updatedAt,
});
