import type { DeviceRef, UserRef } from '../model/device.js';

export interface Subscription {
  readonly topic: string;
  /** Head of the topic when the user was subscribed: its known devices continue after it. */
  readonly since: number;
}

export interface Subscriber {
  readonly user: string;
  /** Unix milliseconds. */
  readonly subscribedAt: number;
}

/** A device's own wish about a topic, beside its user's subscriptions. */
export interface Follow {
  readonly topic: string;
  readonly following: boolean;
}

/** Who listens to which topic. */
export interface TopicStore {
  /** Users that are subscribed already keep their `since`. Resolves with the users that are new. */
  subscribe(tenant: string, topic: string, users: readonly string[], now: number): Promise<readonly string[]>;
  /** Resolves with the users that were subscribed. */
  unsubscribe(tenant: string, topic: string, users: readonly string[]): Promise<readonly string[]>;
  /** By user, ascending, after `after`. */
  subscribers(tenant: string, topic: string, after: string, limit: number): Promise<readonly Subscriber[]>;
  count(tenant: string, topic: string): Promise<number>;
  /** For each user, in their order. */
  subscriptions(users: readonly UserRef[]): Promise<readonly (readonly Subscription[])[]>;
  /** Kept until changed; `following: false` also leaves a topic the user subscribes to. */
  setFollow(device: DeviceRef, follow: Follow): Promise<void>;
  /** For each device, in their order. */
  follows(devices: readonly DeviceRef[]): Promise<readonly (readonly Follow[])[]>;
}
