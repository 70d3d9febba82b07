import type { Audience } from './audience.js';
import type { EntryFilter } from './message.js';
import type { Notification } from './publish-input.js';

/** The audience without the user; undefined where nobody is left in it. */
export function audienceWithout(to: Audience, user: string): Audience | undefined {
  const users = to.users?.filter((one) => one !== user);
  const devices = to.devices?.filter((one) => one.user !== user);
  const exceptUsers = to.except?.users?.filter((one) => one !== user);
  const exceptDevices = to.except?.devices?.filter((one) => one.user !== user);
  if (!users?.length && !devices?.length && !to.topics?.length && !to.all) return undefined;
  const except = {
    ...(exceptUsers?.length ? { users: exceptUsers } : {}),
    ...(exceptDevices?.length ? { devices: exceptDevices } : {}),
  };
  return {
    ...(users?.length ? { users } : {}),
    ...(to.topics ? { topics: to.topics } : {}),
    ...(devices?.length ? { devices } : {}),
    ...(to.all === undefined ? {} : { all: to.all }),
    ...(Object.keys(except).length > 0 ? { except } : {}),
  };
}

/** The filter of an entry of others' without the user; undefined where it holds nobody back any more. */
export function filterWithout(filter: EntryFilter, user: string): EntryFilter | undefined {
  const exceptUsers = filter.exceptUsers?.filter((one) => one !== user);
  const exceptDevices = filter.exceptDevices?.filter((one) => one.user !== user);
  if (!filter.only && !exceptUsers?.length && !exceptDevices?.length) return undefined;
  return {
    ...(filter.only ? { only: filter.only } : {}),
    ...(exceptUsers?.length ? { exceptUsers } : {}),
    ...(exceptDevices?.length ? { exceptDevices } : {}),
  };
}

/** The notification without the user among those it mentions. */
export function notificationWithout(notification: Notification, user: string): Notification {
  const { mentions, ...rest } = notification;
  const left = mentions?.filter((one) => one !== user);
  return left?.length ? { ...rest, mentions: left } : rest;
}

/** How a user's name stands in JSON. As a message's audience is stored, the name stands there between quotation marks. */
export const nameInJson = (user: string): string => JSON.stringify(user);
