import { Injectable } from '@nestjs/common';
import { OnPush, PushService, type PushEvent } from 'nest-push';
import { MembershipService } from '../rooms/membership.service.js';

/** The event is about a device; people want to know about each other. */
@Injectable()
export class PresenceListener {
  constructor(
    private readonly push: PushService,
    private readonly membership: MembershipService,
  ) {}

  @OnPush('presence')
  async changed({ user, device }: PushEvent<'presence'>): Promise<void> {
    const [now] = await this.push.presence([user]);
    const isOnElsewhere = now?.devices.some((one) => one.online && one.device !== device);
    if (!now || isOnElsewhere) return;
    const users = await this.membership.companionsOf(user);
    const data = { user, online: now.online, lastSeenAt: now.lastSeenAt };
    if (users.length > 0) await this.push.signal({ to: { users }, type: 'presence', data });
  }
}
