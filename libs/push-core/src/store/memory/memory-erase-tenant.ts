import type { UserRef } from '../../model/device.js';
import { renewalBucket } from '../../model/renewal.js';
import type { EraseOutcome, EraseStep } from '../erase-store.js';
import type { MemoryData } from './memory-data.js';

export function eraseTenant(data: MemoryData, { tenant, mark }: EraseStep): EraseOutcome {
  const mine = `${tenant} `;
  const drop = (map: Map<string, unknown>): number => {
    let dropped = 0;
    for (const key of map.keys()) if (key.startsWith(mine) && map.delete(key)) dropped++;
    return dropped;
  };
  let entries = 0;
  for (const [key, stream] of data.streams) {
    if (!key.startsWith(mine)) continue;
    entries += stream.head - stream.first + 1;
    data.renewals.set(renewalBucket(tenant, key.slice(mine.length)), mark);
  }
  const devices = within(data.devices, mine);
  const subscriptions = within(data.subscribers, mine);
  const notifications = [...data.notifications.all()].filter(({ row }) => row.tenant === tenant);
  for (const record of notifications) data.notifications.remove(record);
  for (const set of [data.held, data.spared])
    for (const record of set) if (record.message.tenant === tenant) set.delete(record);
  const messages = drop(data.messages);
  data.tokenUsers.delete(tenant);
  for (const [digest, { identity }] of data.tickets)
    if ((JSON.parse(identity) as Partial<UserRef>).tenant === tenant) data.tickets.delete(digest);
  const others = [data.keys, data.cursors, data.jobs, data.settings, data.preferences, data.presence, data.marks];
  const more = [data.streams, data.devices, data.tokenOwners, data.follows, data.subscribers, data.subscriptions];
  const indexes = [data.cursorDevices, data.readers, data.sortedSubscribers, data.markedStreams, data.recalled];
  const dropped = others.reduce((sum, map) => sum + drop(map), 0);
  for (const map of [...more, ...indexes, data.revocations]) drop(map);
  return {
    counts: {
      messages,
      entries,
      devices,
      subscriptions,
      notifications: notifications.length,
      others: dropped,
    },
  };
}

const within = (maps: ReadonlyMap<string, { readonly size: number }>, mine: string): number =>
  [...maps].reduce((sum, [key, { size }]) => (key.startsWith(mine) ? sum + size : sum), 0);
