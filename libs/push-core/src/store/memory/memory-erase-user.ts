import { FAN_OUT } from '../../intake/spread.js';
import type { UserRef } from '../../model/device.js';
import { renewalBucket } from '../../model/renewal.js';
import { streamKey, userStream } from '../../model/stream.js';
import { audienceWithout, filterWithout, nameInJson, notificationWithout } from '../../model/without-user.js';
import type { EraseOutcome, EraseStep } from '../erase-store.js';
import { dropCursors } from './memory-cursors.js';
import type { MemoryData, MessageRecord } from './memory-data.js';
import { forgetJobs, isWorkedOn } from './memory-jobs.js';
import { disownTokens, listUser } from './memory-tokens.js';

type UserStep = EraseStep & UserRef;

export function eraseUser(data: MemoryData, erase: UserStep): EraseOutcome {
  const named = messagesNaming(data, erase);
  if (named.some(({ message: { tenant, id } }) => data.jobs.get(streamKey(tenant, id))?.has(FAN_OUT)))
    return { counts: {}, next: '', isBusy: true };
  const devices = eraseDevices(data, erase);
  const subscriptions = eraseSubscriptions(data, erase);
  let others = eraseKeys(data, erase, named);
  const { entries, orphans } = eraseStream(data, erase);
  let messages = orphans;
  let audiences = 0;
  for (const record of named) {
    if (!data.messages.has(keyOf(record))) continue;
    const to = audienceWithout(record.message.to, erase.user);
    if (to === undefined) {
      forgetMessage(data, record);
      messages++;
    } else {
      const { notification } = record.message;
      record.message = {
        ...record.message,
        to,
        ...(notification && { notification: notificationWithout(notification, erase.user) }),
      };
      clearFilters(data, record, erase.user);
      audiences++;
    }
  }
  const notifications = data.notifications.ofUser(erase);
  for (const row of notifications) {
    const record = data.notifications.get(row);
    if (record) data.notifications.remove(record);
  }
  others += eraseMarks(data, erase);
  return {
    counts: { messages, audiences, entries, devices, subscriptions, notifications: notifications.length, others },
  };
}

/** Those accepted until then that name the user in their audience. */
function messagesNaming(data: MemoryData, { tenant, user, at }: UserStep): MessageRecord[] {
  const name = nameInJson(user);
  return [...data.messages.values()].filter(
    ({ message }) =>
      message.tenant === tenant &&
      message.acceptedAt <= at &&
      (JSON.stringify(message.to).includes(name) || JSON.stringify(message.notification ?? {}).includes(name)),
  );
}

function eraseDevices(data: MemoryData, { tenant, user }: UserStep): number {
  const key = streamKey(tenant, user);
  const devices = [...(data.devices.get(key)?.values() ?? [])];
  for (const device of devices) disownTokens(data, device);
  data.devices.delete(key);
  listUser(data, tenant, user);
  return devices.length;
}

function eraseSubscriptions(data: MemoryData, { tenant, user }: UserStep): number {
  const topics = [...(data.subscriptions.get(streamKey(tenant, user)) ?? [])];
  for (const topic of topics) {
    data.subscribers.get(streamKey(tenant, topic))?.delete(user);
    data.sortedSubscribers.delete(streamKey(tenant, topic));
  }
  data.subscriptions.delete(streamKey(tenant, user));
  return topics.length;
}

/** Keys of messages to nobody else. */
function eraseKeys(data: MemoryData, { user }: UserStep, named: readonly MessageRecord[]): number {
  const own = new Set(named.filter(({ message }) => !audienceWithout(message.to, user)).map(keyOf));
  let erased = 0;
  for (const [key, { id }] of data.keys) {
    if (!own.has(streamKey(key.slice(0, key.indexOf(' ')), id))) continue;
    data.keys.delete(key);
    erased++;
  }
  return erased;
}

function eraseStream(data: MemoryData, { tenant, user, mark }: UserStep): { entries: number; orphans: number } {
  const name = userStream(user);
  const key = streamKey(tenant, name);
  const stream = data.streams.get(key);
  data.renewals.set(renewalBucket(tenant, name), mark);
  data.streams.delete(key);
  // Nobody else has a cursor or a mark there.
  for (const map of [data.recalled, data.readers, data.marks]) map.delete(key);
  let entries = 0;
  let orphans = 0;
  for (const { message } of stream?.slice(0, Infinity) ?? []) {
    entries++;
    const record = data.messages.get(streamKey(tenant, message.id));
    if (record && --record.kept === 0) {
      if (isWorkedOn(data, keyOf(record))) data.spared.add(record);
      else {
        data.messages.delete(keyOf(record));
        orphans++;
      }
    }
  }
  if (stream)
    for (const record of data.messages.values()) {
      if (record.message.tenant !== tenant) continue;
      if (!record.places.some((place) => place.stream === name && place.epoch === stream.epoch)) continue;
      record.places = record.places.filter((place) => place.stream !== name || place.epoch !== stream.epoch);
      record.placeIn = undefined;
    }
  return { entries, orphans };
}

function forgetMessage(data: MemoryData, record: MessageRecord): void {
  const key = keyOf(record);
  data.messages.delete(key);
  data.held.delete(record);
  data.spared.delete(record);
  forgetJobs(data, key);
}

/** Entries of streams that others follow, which leave the user out. */
function clearFilters(data: MemoryData, { message, places }: MessageRecord, user: string): void {
  for (const { stream: name, seq } of places) {
    const stream = data.streams.get(streamKey(message.tenant, name));
    const entry = stream?.at(seq);
    if (!entry?.filter || name === userStream(user)) continue;
    const { filter, ...rest } = entry;
    const left = filterWithout(filter, user);
    stream?.replace(left ? { ...rest, filter: left } : rest);
  }
}

/** Where the user's devices are, and what they and it have read. */
function eraseMarks(data: MemoryData, { tenant, user }: UserStep): number {
  const key = streamKey(tenant, user);
  let erased = 0;
  for (const device of [...(data.cursorDevices.get(key) ?? [])]) {
    erased++;
    dropCursors(data, { tenant, user, device });
  }
  data.cursorDevices.delete(key);
  for (const follow of data.follows.keys()) if (follow.startsWith(`${key} `) && data.follows.delete(follow)) erased++;
  for (const stream of data.markedStreams.get(key) ?? [])
    if (data.marks.get(streamKey(tenant, stream))?.delete(user)) erased++;
  data.markedStreams.delete(key);
  erased += data.presence.get(key)?.size ?? 0;
  data.presence.delete(key);
  if (data.preferences.delete(key)) erased++;
  for (const [digest, ticket] of data.tickets) {
    const identity = JSON.parse(ticket.identity) as Partial<UserRef>;
    if (identity.tenant === tenant && identity.user === user && data.tickets.delete(digest)) erased++;
  }
  return erased;
}

const keyOf = ({ message }: MessageRecord): string => streamKey(message.tenant, message.id);
