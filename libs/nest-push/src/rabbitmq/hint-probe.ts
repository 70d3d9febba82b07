import { randomUUID } from 'node:crypto';
import { Deadline } from './deadline.js';
import type { HintAddress } from './hint-outbox.js';
import { PROBE, type HintInbox } from './hint-inbox.js';
import type { Publisher } from './publisher.js';
import { unavailable } from './trouble.js';
import type { Watched } from './watchdog.js';

/** Sends a message to the node itself, over the broker, and waits for it: exchange, binding, queue and consumer at once. */
export class HintProbe implements Watched {
  constructor(
    private readonly publisher: Publisher,
    private readonly inbox: HintInbox,
    private readonly address: HintAddress,
    private readonly origin: string,
    private readonly patienceMs: number,
  ) {}

  isRegistered(): boolean {
    return this.inbox.isConsuming;
  }

  async complaint(): Promise<string | undefined> {
    const id = randomUUID();
    const patience = new Deadline(this.patienceMs);
    let forget: () => void = () => undefined;
    const came = new Promise<undefined>((resolve) => {
      forget = this.inbox.expectProbe(id, () => resolve(undefined));
    });
    try {
      const outcome = await this.publisher.publish(
        {
          ...this.address,
          body: Buffer.alloc(0),
          options: { appId: this.origin, type: PROBE, messageId: id, persistent: false, mandatory: true },
        },
        patience,
      );
      if (outcome === 'returned') return 'the queue of hints is gone';
      // Then the way out is in trouble, and being looked after elsewhere.
      if (outcome !== 'confirmed') return undefined;
      return await patience.race(came, () => unavailable('a probe did not come round'));
    } finally {
      forget();
      patience.clear();
    }
  }

  rebuild(reason: string): void {
    this.inbox.lane.rebuild(reason);
  }
}
