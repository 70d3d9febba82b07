import { renewalBucket, renewedEpoch } from '../../model/renewal.js';
import type { StreamRef } from '../../model/stream.js';
import type { MemoryData } from './memory-data.js';

/** The epoch of a stream that begins now. */
export const epochAtBirth = (data: MemoryData, { tenant, stream }: StreamRef): string =>
  data.renewals.size === 0 ? data.epoch : renewedEpoch(data.epoch, data.renewals.get(renewalBucket(tenant, stream)));
