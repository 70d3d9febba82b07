import type { Clock, Timer } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { TenantException, TenantPolicies } from './tenant-policies.js';
import type { Tenants } from './tenants.js';

const EVERY_MS = 2_000;

/** Looks for tenants that are suspended, on every node: what was let in before is shown out, what is due waits. */
export class TenantWatch {
  private timer?: Timer;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly policies: TenantPolicies | undefined,
    private readonly tenants: Tenants,
    private readonly clock: Clock,
    private readonly events: Events,
    /** Told in every round of all that are suspended. */
    private readonly suspended: (tenants: readonly string[]) => void,
  ) {}

  /** Resolves when it is known who is suspended, or that it cannot be told now. */
  async start(): Promise<void> {
    if (!this.policies) return;
    await this.look();
    this.plan();
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    await this.round;
  }

  /** Throws what the port rejects with. */
  async exceptions(): Promise<readonly TenantException[]> {
    return (await this.policies?.exceptions()) ?? [];
  }

  private plan(): void {
    this.timer = this.clock.after(EVERY_MS, () => {
      this.round = this.look().finally(() => {
        if (this.timer) this.plan();
      });
    });
  }

  private async look(): Promise<void> {
    try {
      const names = (await this.exceptions()).filter(({ suspended }) => suspended).map(({ tenant }) => tenant);
      this.tenants.lookedAt(names);
      if (names.length > 0) this.suspended(names);
    } catch (error) {
      this.events.emit('trouble', { during: 'look for suspended tenants', error });
    }
  }
}
