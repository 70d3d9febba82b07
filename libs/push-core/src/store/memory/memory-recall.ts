import type { Entry, Message } from '../../model/message.js';
import { streamKey } from '../../model/stream.js';
import type { Place, RecalledPlace, RecallOutcome } from '../message-store.js';
import { entryOf, type MemoryData, type MessageRecord } from './memory-data.js';

/** Where the message still is an entry. */
export function keptPlaces(data: MemoryData, { message, places }: MessageRecord): readonly Place[] {
  return places.filter((place) => isKept(data, message.tenant, place));
}

export function isKept(data: MemoryData, tenant: string, { stream, seq }: Place): boolean {
  const kept = data.streams.get(streamKey(tenant, stream));
  return kept !== undefined && seq >= kept.first;
}

export function recallInMemory(data: MemoryData, tenant: string, id: string, at: number): RecallOutcome {
  const key = streamKey(tenant, id);
  const record = data.messages.get(key);
  if (!record) return { kind: 'missing' };
  if (record.held) {
    data.held.delete(record);
    data.messages.delete(key);
    return { kind: 'cancelled' };
  }
  const places = keptPlaces(data, record);
  if (record.message.recalledAt === undefined) {
    record.message = withoutContent(record.message, at);
    record.told = withoutAudience(record.message);
    for (const place of places) blank(data, record.told, { ...place, id, at });
  }
  return { kind: 'recalled', places };
}

export function withoutAudience({ to: _, ...told }: Message): Entry['message'] {
  return told;
}

function withoutContent({ data, notification, ...rest }: Message, recalledAt: number): Message {
  return { ...rest, recalledAt };
}

function blank(data: MemoryData, message: Entry['message'], place: RecalledPlace): void {
  const key = streamKey(message.tenant, place.stream);
  const stream = data.streams.get(key);
  const entry = stream?.at(place.seq);
  if (entry) stream?.replace({ ...entry, message });
  entryOf(data.recalled, key, () => new Map<number, RecalledPlace>()).set(place.seq, place);
}
