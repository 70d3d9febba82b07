import { PushError } from '../errors.js';
import type { EntryFilter } from './message.js';
import { EVERYBODY, userStream, type StreamId } from './stream.js';

export interface DeviceName {
  readonly user: string;
  readonly device: string;
}

/** Who a message is for. */
export interface Audience {
  readonly users?: readonly string[];
  readonly topics?: readonly string[];
  readonly devices?: readonly DeviceName[];
  readonly all?: boolean;
  readonly except?: { readonly users?: readonly string[]; readonly devices?: readonly DeviceName[] };
}

/** A stream the message is appended to, and for whom of its followers. */
export interface Target {
  readonly stream: StreamId;
  readonly filter?: EntryFilter;
}

/** The streams an audience stands for, each once. Fan-out on write for users, on read for topics and for all. */
export function targetsOf(to: Audience): Target[] {
  const targets = new Map<StreamId, Target>();
  const left = new Set(to.except?.users ?? []);
  const exceptDevices = to.except?.devices ?? [];

  for (const user of to.users ?? []) {
    if (left.has(user)) continue;
    const mine = exceptDevices.length > 0 ? exceptDevices.filter((one) => one.user === user) : exceptDevices;
    targets.set(userStream(user), {
      stream: userStream(user),
      filter: mine.length > 0 ? { exceptDevices: mine } : undefined,
    });
  }
  for (const [user, devices] of namedDevices(to, left)) {
    const stream = userStream(user);
    if (!targets.has(stream)) targets.set(stream, { stream, filter: { only: devices } });
  }
  const shared = sharedFilter(to);
  for (const topic of to.topics ?? []) targets.set(topic, { stream: topic, filter: shared });
  if (to.all) targets.set(EVERYBODY, { stream: EVERYBODY, filter: shared });

  if (targets.size === 0) {
    throw new PushError('NO_AUDIENCE', 'Nobody is addressed: name users, topics, devices or all in "to"', {
      field: 'to',
    });
  }
  return [...targets.values()];
}

function namedDevices(to: Audience, left: ReadonlySet<string>): Map<string, string[]> {
  const byUser = new Map<string, string[]>();
  const excluded = (one: DeviceName) =>
    left.has(one.user) || to.except?.devices?.some((other) => other.user === one.user && other.device === one.device);
  for (const one of to.devices ?? []) {
    if (excluded(one)) continue;
    const devices = byUser.get(one.user);
    if (!devices) byUser.set(one.user, [one.device]);
    else if (!devices.includes(one.device)) devices.push(one.device);
  }
  return byUser;
}

function sharedFilter(to: Audience): EntryFilter | undefined {
  const exceptUsers = to.except?.users?.length ? to.except.users : undefined;
  const exceptDevices = to.except?.devices?.length ? to.except.devices : undefined;
  return exceptUsers || exceptDevices ? { exceptUsers, exceptDevices } : undefined;
}
