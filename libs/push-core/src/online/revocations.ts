import type { Clock, Timer } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { AccessStore, Revocation } from '../store/access-store.js';

/** Nodes' clocks may differ by so much. */
const MARGIN_MS = 60_000;

/** Finds revocations made on other nodes whose hint got lost: a link outlives its token's revocation by one round at most. */
export class RevocationWatch {
  private timer?: Timer;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: AccessStore,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly everyMs: number,
    private readonly revoked: (revocation: Revocation) => void,
  ) {}

  start(): void {
    this.timer = this.clock.after(this.everyMs, () => {
      this.round = this.look().finally(() => {
        if (this.timer) this.start();
      });
    });
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    await this.round;
  }

  private async look(): Promise<void> {
    try {
      for (const one of await this.store.revokedSince(this.clock.now() - this.everyMs - MARGIN_MS)) this.revoked(one);
    } catch (error) {
      this.events.emit('trouble', { during: 'look for revocations', error });
    }
  }
}
