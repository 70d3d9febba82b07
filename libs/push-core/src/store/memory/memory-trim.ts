import type { Entry } from '../../model/message.js';
import { streamKey } from '../../model/stream.js';
import type { TrimRequest } from '../message-store.js';
import type { MemoryData } from './memory-data.js';
import { isWorkedOn } from './memory-jobs.js';

/** Retention over all streams, or a tenant's. Only the old end of a stream is looked at: a young entry keeps what is behind it. */
export function trimMemory(data: MemoryData, request: TrimRequest): number {
  let removed = 0;
  const left = new Set(request.without);
  for (const [key, stream] of data.streams) {
    const tenant = key.slice(0, key.indexOf(' '));
    if (request.tenant !== undefined && tenant !== request.tenant) continue;
    const agesNot = left.has(tenant);
    for (; removed < request.limit && stream.first <= stream.head; removed++) {
      const oldest = stream.at(stream.first) as Entry;
      const tooMany = request.tenant === undefined && stream.head - stream.first + 1 > request.keepPerStream;
      if (!tooMany && (agesNot || joinedAt(oldest) >= request.acceptedBefore)) break;
      stream.shift();
      data.recalled.get(key)?.delete(oldest.seq);
      forget(data, oldest);
    }
  }
  for (const record of data.spared) {
    const key = streamKey(record.message.tenant, record.message.id);
    if (record.kept === 0 && isWorkedOn(data, key)) continue;
    data.spared.delete(record);
    if (record.kept === 0) data.messages.delete(key);
  }
  for (const [key, used] of data.keys) if (used.keepUntil < request.now) data.keys.delete(key);
  return removed;
}

/** A scheduled message begins to age when it is due: it would else be removed as soon as it joins its streams. */
const joinedAt = ({ message }: Entry): number => Math.max(message.acceptedAt, message.dueAt ?? 0);

function forget(data: MemoryData, { message }: Entry): void {
  const key = streamKey(message.tenant, message.id);
  const record = data.messages.get(key);
  if (!record || --record.kept > 0) return;
  if (isWorkedOn(data, key)) data.spared.add(record);
  else data.messages.delete(key);
}
