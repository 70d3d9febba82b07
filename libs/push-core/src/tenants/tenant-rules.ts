import type { Events } from '../events.js';
import { names } from '../model/names.js';
import type { Hub } from '../online/hub.js';
import type { ResolvedOptions } from '../options.js';
import { PublishGate } from './publish-gate.js';
import { StoredBytes } from './stored-bytes.js';
import type { Quota } from './tenant-policies.js';
import { TenantWatch } from './tenant-watch.js';

/** What holds tenants to their policies on this node: composed, as the engine uses it. */
export class TenantRules {
  readonly gate: PublishGate;
  readonly watch: TenantWatch;
  private readonly stored: StoredBytes;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly hub: Hub,
    events: Events,
  ) {
    const { store, clock, limits } = options;
    const { tenants, counters } = hub;
    this.stored = new StoredBytes((tenant) => store.messages.usage(tenant), clock);
    this.gate = new PublishGate(tenants, clock, counters, this.stored, limits.publishesPerSecond);
    this.watch = new TenantWatch(options.tenants, tenants, clock, events, (suspended) => hub.showOut(suspended));
  }

  /** Takes one publish of what the tenant may; a promise only where it has to be asked what that is. */
  pass(tenant: string): undefined | Promise<void> {
    const policy = this.hub.tenants.of(tenant);
    if (policy instanceof Promise) return policy.then((told) => this.gate.pass(tenant, told));
    this.gate.pass(tenant, policy);
    return undefined;
  }

  readonly quota = async (given: string): Promise<Quota> => {
    const tenant = names.tenant(given);
    const policy = await this.hub.tenants.of(tenant);
    const limit = policy.connections ?? this.options.limits.connectionsPerTenant;
    const connections = { limit, used: this.hub.crowd.of(tenant) };
    const quota = { publishes: this.gate.publishes(tenant, policy), connections };
    if (policy.storedBytes === undefined) return quota;
    return { ...quota, storedBytes: { limit: policy.storedBytes, used: await this.stored.of(tenant) } };
  };

  readonly changed = async (given: string): Promise<void> => {
    const tenant = names.tenant(given);
    this.hub.tellOthers([{ kind: 'tenant', tenant }]);
    await this.hub.tenantChanged(tenant);
  };
}
