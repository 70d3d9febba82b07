import type { DeviceRef } from './model/device.js';
import type { Place } from './store/message-store.js';

/**
 * What happened, told once, after it happened. A listener that throws never disturbs delivery. Streams have the names they have on
 * the wire: `@me`, `@all` or a topic's.
 */
export interface PushEvents {
  /** A message is durable: in these places, and in `streams` streams when a long audience is done. */
  accepted: { tenant: string; id: string; streams: number; acceptedAt: number; places: readonly Place[] };
  /** A message was withdrawn; `cancelled`: before it was due. */
  recalled: { tenant: string; id: string; state: 'cancelled' | 'recalled' };
  /** A user has read up to `seq` of a thread or a whole stream. */
  read: { tenant: string; user: string; device?: string; stream: string; thread?: string; seq: number; unread: number };
  /** A device came or went, and stayed so for a moment. */
  presence: DeviceRef & { online: boolean; lastSeenAt: number };
  connected: DeviceRef & { connection: string; transport: string };
  disconnected: DeviceRef & { connection: string; code: number; reason: string };
  /** A device has everything of the stream up to `to`; `from` is the first `seq` this acknowledgement adds. */
  delivered: DeviceRef & { stream: string; from: number; to: number };
  /** Entries were sent again because no acknowledgement came in time. */
  retransmitted: DeviceRef & { stream: string; from: number; to: number };
  /** A provider took a notification for a device. */
  notified: DeviceRef & { id: string; provider?: string };
  /** A notification will not be tried again; `dead`: it can be replayed. */
  failed: DeviceRef & { id: string; provider?: string; state: 'failed' | 'dead'; reason: string };
  /** A notification was shown, opened or taken back. */
  opened: DeviceRef & { id: string };
  retracted: DeviceRef & { id: string; provider?: string; reason: string };
  /** A tenant's credentials at a provider: not asked for the moment, asked again, or its dead tokens are too many to be believed. */
  provider: { tenant: string; provider: string; state: 'open' | 'closed' | 'quarantine'; reason?: string };
  /** Tokens left these devices for another one. */
  tokens_moved: DeviceRef & { from: readonly DeviceRef[] };
  /** Work in the background failed and will be tried again. */
  trouble: { during: string; error: unknown };
}

export type PushEventName = keyof PushEvents;
export type Listener<K extends PushEventName> = (event: PushEvents[K]) => void;

export class Events {
  private readonly listeners: { [K in PushEventName]?: Listener<K>[] } = {};

  /** Returns the function that takes the listener off again. */
  on<K extends PushEventName>(name: K, listener: Listener<K>): () => void {
    const list: Listener<K>[] = [...(this.listeners[name] ?? []), listener];
    this.set(name, list);
    return () =>
      this.set(
        name,
        (this.listeners[name] ?? []).filter((other: Listener<K>) => other !== listener),
      );
  }

  /** Hot paths ask first and spare themselves the event object. */
  wants(name: PushEventName): boolean {
    return (this.listeners[name]?.length ?? 0) > 0;
  }

  emit<K extends PushEventName>(name: K, event: PushEvents[K]): void {
    for (const listener of this.listeners[name] ?? []) {
      try {
        listener(event);
      } catch (error) {
        if (name !== 'trouble') this.emit('trouble', { during: `listener of ${name}`, error });
      }
    }
  }

  private set<K extends PushEventName>(name: K, list: Listener<K>[]): void {
    (this.listeners as Record<K, Listener<K>[]>)[name] = list;
  }
}
