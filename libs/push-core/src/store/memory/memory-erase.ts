import { erasedName, ERASED_NAMES } from '../../model/erased-name.js';
import { streamKey } from '../../model/stream.js';
import type { EraseBegin, EraseOutcome, EraseStep, EraseStore } from '../erase-store.js';
import type { MemoryData } from './memory-data.js';
import { eraseTenant } from './memory-erase-tenant.js';
import { eraseUser } from './memory-erase-user.js';
import { addJob, dropJob } from './memory-jobs.js';

/** Nothing waits for memory, so every erasure is one step. */
export class MemoryErase implements EraseStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async begin({ tenant, user, at, job }: EraseBegin): Promise<void> {
    this.check();
    addJob(this.data, job);
    if (user === undefined) return;
    const key = streamKey(tenant, user);
    if ((this.data.revocations.get(key)?.at ?? -Infinity) < at) this.data.revocations.set(key, { tenant, user, at });
  }

  async step(erase: EraseStep): Promise<EraseOutcome> {
    this.check();
    const { tenant, user } = erase;
    return user === undefined ? eraseTenant(this.data, erase) : eraseUser(this.data, { ...erase, tenant, user });
  }

  async end({ tenant, user, at, job }: Parameters<EraseStore['end']>[0]): Promise<void> {
    this.check();
    dropJob(this.data, job);
    if (user === undefined) return;
    const plain = this.data.revocations.get(streamKey(tenant, user));
    // One of later stands under the name: somebody came back, and was shown out again.
    if (plain && plain.at <= at) this.data.revocations.delete(streamKey(tenant, user));
    const name = erasedName(tenant, user);
    this.data.revocations.set(streamKey(tenant, name), { tenant, user: name, at });
  }

  async forget(before: number): Promise<void> {
    this.check();
    for (const [key, { user, at }] of this.data.revocations)
      if (user.startsWith(ERASED_NAMES.from) && at < before) this.data.revocations.delete(key);
  }
}
