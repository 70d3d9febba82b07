import type { Clock } from '../clock/clock.js';
import type { Random } from '../ids/ids.js';
import { TokenBucket } from '../online/token-bucket.js';
import type {
  Address,
  Provider,
  ProviderFactory,
  RetractRequest,
  SendRequest,
  SendResult,
} from '../providers/provider.js';
import { Breaker } from './breaker.js';
import { MassInvalid } from './mass-invalid.js';
import { RetryBudget } from './retry.js';

/** Batches of one credential that are on their way together. */
const BATCHES = 16;
/** A second's worth may go at once. */
const BURST_SECONDS = 1;
const GRACE_MS = 1000;
const SITES = 1000;

interface Waiting {
  readonly request: SendRequest;
  readonly resolve: (result: SendResult) => void;
}

/** A device can name a service of its own: what that answers must not speak for the others. */
export interface Site {
  readonly breaker: Breaker;
  readonly invalid: MassInvalid;
}

export interface LaneEvents {
  breaker(state: 'closed' | 'open', reason: string | undefined): void;
  massInvalid(kept: number): void;
}

/**
 * One tenant's credentials at one provider: what is to be sent by them, joined to batches, no faster than the provider takes it.
 * Each lane has its own breakers, budget and memory of dead tokens: one tenant's trouble is nobody else's.
 */
export class Lane {
  private readonly sites = new Map<string, Site>();
  readonly budget = new RetryBudget();
  private readonly bucket: TokenBucket;
  private waiting: Waiting[] = [];
  private batches = 0;
  private planned = false;

  constructor(
    readonly factory: ProviderFactory,
    private readonly provider: Provider,
    /** Of the credentials it was made with. */
    readonly mark: string,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly events: LaneEvents,
    /** The provider's own deadline. */
    private readonly deadlineMs: number,
  ) {
    this.bucket = new TokenBucket(factory.traits.perSecond, clock.elapsed(), BURST_SECONDS);
  }

  /** Where the address leads: the provider itself, or of Web Push the service the device named. */
  siteOf({ token }: Pick<Address, 'token'>): Site {
    const origin = originOf(token.token);
    let site = this.sites.get(origin);
    if (!site) {
      if (this.sites.size >= SITES) this.sites.delete(this.sites.keys().next().value as string);
      site = {
        breaker: new Breaker(this.random, (state, reason) => this.events.breaker(state, reason)),
        invalid: new MassInvalid((kept) => this.events.massInvalid(kept)),
      };
      this.sites.set(origin, site);
    }
    return site;
  }

  /** The worst of its sites. */
  get breaker(): { readonly state: Breaker['state']; readonly reason?: string } {
    const open = [...this.sites.values()].find(({ breaker }) => breaker.state !== 'closed');
    return open?.breaker ?? { state: 'closed' };
  }

  /** Never rejects. */
  send(request: SendRequest): Promise<SendResult> {
    return new Promise((resolve) => {
      this.waiting.push({ request, resolve });
      this.plan(0);
    });
  }

  retract(requests: readonly RetractRequest[]): Promise<readonly (SendResult | undefined)[]> {
    return this.provider.retract(requests);
  }

  check(): ReturnType<Provider['check']> {
    return this.provider.check();
  }

  close(): Promise<void> {
    return this.provider.close();
  }

  private plan(afterMs: number): void {
    if (this.planned) return;
    this.planned = true;
    const run = (): void => {
      this.planned = false;
      this.pump();
    };
    if (afterMs > 0) this.clock.after(afterMs, run);
    else this.clock.soon(run);
  }

  private pump(): void {
    while (this.waiting.length > 0 && this.batches < BATCHES) {
      const batch = this.waiting.splice(0, this.factory.traits.batch);
      const { waitMs } = this.bucket.take(this.clock.elapsed(), batch.length);
      this.batches++;
      void this.sendBatch(batch).finally(() => {
        this.batches--;
        if (this.waiting.length > 0) this.plan(0);
      });
      if (waitMs > 0) return this.plan(waitMs);
    }
  }

  private async sendBatch(batch: readonly Waiting[]): Promise<void> {
    // In a turn of its own, so that a provider that throws at once is one that rejects.
    const sending = Promise.resolve().then(() => this.provider.send(batch.map(({ request }) => request)));
    const results = await this.inTime(sending);
    batch.forEach(({ resolve }, i) => resolve(results[i] ?? { kind: 'unknown_after_write', reason: 'no_result' }));
  }

  /** A provider that rejects, or never answers, breaks its contract. Nothing is known of what it wrote. */
  private inTime(sending: Promise<readonly SendResult[]>): Promise<readonly SendResult[]> {
    return new Promise((resolve) => {
      const timer = this.clock.after(this.deadlineMs + GRACE_MS, () => resolve([]));
      const over = (results: readonly SendResult[]): void => {
        timer.cancel();
        resolve(results);
      };
      sending.then(over, () => over([]));
    });
  }
}

function originOf(token: Address['token']['token']): string {
  if (typeof token === 'string' || typeof token.endpoint !== 'string') return '';
  return URL.canParse(token.endpoint) ? new URL(token.endpoint).origin : '';
}
