import type { Clock } from '../clock/clock.js';
import { PushError } from '../errors.js';
import type { Counters } from '../meters.js';
import type { Audience } from '../model/audience.js';
import type { PublishInput } from '../model/publish-input.js';
import { TokenBucket } from '../online/token-bucket.js';
import type { StoredBytes } from './stored-bytes.js';
import type { Quota, TenantPolicy } from './tenant-policies.js';
import type { Tenants } from './tenants.js';

const BURST_SECONDS = 3;
/** More buckets than that are looked through for those nobody uses. */
const CROWD = 1_000;

/** What may be published by whom. */
export class PublishGate {
  private readonly rates = new Map<string, { readonly perSecond: number; readonly bucket: TokenBucket }>();
  private crowd = CROWD;
  private refusal?: PushError;

  constructor(
    private readonly tenants: Tenants,
    private readonly clock: Clock,
    private readonly counters: Counters,
    private readonly stored: StoredBytes,
    /** Where a policy says nothing. */
    private readonly perSecond: number,
  ) {}

  /** Takes one publish of what the tenant may. Throws TENANT_SUSPENDED, RATE_LIMITED. */
  pass(tenant: string, policy: TenantPolicy): void {
    if (policy.suspended || this.tenants.isSuspended(tenant)) throw suspended(policy);
    const { waitMs } = this.bucketOf(tenant, policy).take(this.clock.elapsed());
    if (waitMs === 0) return;
    this.counters.drop('publishes');
    throw this.tooMuch(waitMs);
  }

  /** In a flood all wait alike: writing down where each refusal was made would be most of its cost. */
  private tooMuch(retryAfterMs: number): PushError {
    if (this.refusal?.retryAfterMs !== retryAfterMs)
      this.refusal = new PushError('RATE_LIMITED', 'This tenant publishes more than it may', { retryAfterMs });
    return this.refusal;
  }

  /** Of a publish that is valid. A promise only where somebody has to be asked. Throws QUOTA_EXCEEDED. */
  readonly judge = (tenant: string, { to, options }: PublishInput): undefined | Promise<void> => {
    const { recipientsPerMessage, storedBytes } = this.tenants.lastKnown(tenant);
    if (recipientsPerMessage !== undefined) this.judgeAudience(to, recipientsPerMessage);
    if (storedBytes === undefined || options?.volatile) return undefined;
    const used = this.stored.of(tenant);
    if (used instanceof Promise) return used.then((bytes) => this.judgeStorage(bytes, storedBytes));
    this.judgeStorage(used, storedBytes);
    return undefined;
  };

  publishes(tenant: string, policy: TenantPolicy): Quota['publishes'] {
    const elapsed = this.clock.elapsed();
    const known = this.rates.get(tenant);
    const perSecond = policy.publishesPerSecond ?? this.perSecond;
    const limit = perSecond * BURST_SECONDS;
    const left = known?.perSecond === perSecond ? known.bucket.left(elapsed) : limit;
    return {
      limit,
      windowMs: BURST_SECONDS * 1000,
      remaining: Math.max(0, Math.floor(left)),
      resetMs: Math.ceil(((limit - left) * 1000) / perSecond),
    };
  }

  private judgeAudience({ users, devices }: Audience, most: number): void {
    const named = (users?.length ?? 0) + (devices?.length ?? 0);
    if (named <= most) return;
    const field = (users?.length ?? 0) > most ? 'to.users' : (devices?.length ?? 0) > most ? 'to.devices' : 'to';
    this.counters.drop('recipients');
    throw new PushError('QUOTA_EXCEEDED', `A message of this tenant may name ${most} users and devices, not ${named}`, {
      field,
    });
  }

  private judgeStorage(used: number, most: number): void {
    if (used < most) return;
    this.counters.drop('stored_bytes');
    throw new PushError('QUOTA_EXCEEDED', `This tenant has ${used} bytes stored, of ${most} it may have`);
  }

  private bucketOf(tenant: string, policy: TenantPolicy): TokenBucket {
    const perSecond = policy.publishesPerSecond ?? this.perSecond;
    const known = this.rates.get(tenant);
    if (known?.perSecond === perSecond) return known.bucket;
    const bucket = new TokenBucket(perSecond, this.clock.elapsed(), BURST_SECONDS);
    this.rates.set(tenant, { perSecond, bucket });
    if (this.rates.size > this.crowd) this.forgetIdle();
    return bucket;
  }

  private forgetIdle(): void {
    const elapsed = this.clock.elapsed();
    for (const [tenant, { bucket }] of this.rates) if (bucket.isFull(elapsed)) this.rates.delete(tenant);
    this.crowd = Math.max(CROWD, this.rates.size * 2);
  }
}

export function suspended({ suspended: why }: TenantPolicy): PushError {
  const reason = why?.reason;
  return new PushError('TENANT_SUSPENDED', `This tenant is suspended${reason === undefined ? '' : `: ${reason}`}`);
}
