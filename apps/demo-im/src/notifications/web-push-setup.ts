import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PushService } from 'nest-push';
import { DemoSettings } from '../settings/demo-settings.js';

const TENANT = 'default';
/** Whom a browser's push service may turn to. */
const SUBJECT = 'mailto:demo@example.com';

/** From here on the demo may ask browsers' push services to show something. */
@Injectable()
export class WebPushSetup implements OnApplicationBootstrap {
  constructor(
    private readonly push: PushService,
    private readonly settings: DemoSettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { notifications } = this.push;
    await notifications.putProvider(TENANT, 'webpush', { subject: SUBJECT, ...this.settings.vapid });
    // The text goes along: Web Push is encrypted from here to the browser.
    await notifications.putPolicy(TENANT, { privacy: 'full' });
  }
}
