import type { UserRef } from '../../model/device.js';
import type { Message } from '../../model/message.js';
import { isTopic, streamKey, userOf } from '../../model/stream.js';
import {
  CURSORS_LISTED,
  MESSAGES_LOOKED_AT,
  SUBSCRIBERS_COUNTED,
  type ListedCursor,
  type ListedMessage,
  type ListedTopic,
  type ListedUser,
  type ListStore,
  type MessagesPage,
  type MessagesRequest,
  type NamesRequest,
} from '../list-store.js';
import { byCodePoint } from './code-point-order.js';
import type { MemoryData } from './memory-data.js';

interface Candidate {
  /** What a page that ends here goes on from. */
  readonly place: string;
  readonly message: ListedMessage;
}

/** Walks all there is: a memory store has no more than fits there. */
export class MemoryLists implements ListStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async messages(request: MessagesRequest): Promise<MessagesPage> {
    this.check();
    const all = request.stream === undefined ? this.byId(request) : this.bySeq(request, request.stream);
    const messages: ListedMessage[] = [];
    for (const [at, { place, message }] of all.entries()) {
      if (at >= MESSAGES_LOOKED_AT) return { messages, next: all[at - 1]?.place };
      if (!matches(message, request)) continue;
      messages.push(message);
      if (messages.length === request.limit) return at + 1 < all.length ? { messages, next: place } : { messages };
    }
    return { messages };
  }

  async users({ tenant, prefix, after, limit }: NamesRequest): Promise<readonly ListedUser[]> {
    this.check();
    const own = (map: ReadonlyMap<string, unknown>) => namesOf(map.keys(), tenant);
    const streams = own(this.data.streams).flatMap((stream) => userOf(stream) ?? []);
    const registered = [...this.data.devices].flatMap(([key, devices]) => (devices.size > 0 ? [key] : []));
    const seen = [...this.data.presence].flatMap(([key, devices]) => (devices.size > 0 ? [key] : []));
    const names = [...namesOf(registered, tenant), ...namesOf(seen, tenant), ...streams];
    return page(names, { prefix, after, limit }).map((user) => ({
      user,
      devices: this.data.devices.get(streamKey(tenant, user))?.size ?? 0,
    }));
  }

  async topics({ tenant, prefix, after, limit }: NamesRequest): Promise<readonly ListedTopic[]> {
    this.check();
    const followed = [...this.data.subscribers].flatMap(([key, users]) => (users.size > 0 ? [key] : []));
    const names = [...namesOf(followed, tenant), ...namesOf(this.data.streams.keys(), tenant).filter(isTopic)];
    return page(names, { prefix, after, limit }).map((topic) => ({
      topic,
      subscribers: Math.min(this.data.subscribers.get(streamKey(tenant, topic))?.size ?? 0, SUBSCRIBERS_COUNTED),
      head: this.data.streams.get(streamKey(tenant, topic))?.head ?? 0,
    }));
  }

  async cursors({ tenant, user }: UserRef): Promise<readonly ListedCursor[]> {
    this.check();
    const devices = [...(this.data.cursorDevices.get(streamKey(tenant, user)) ?? [])].sort(byCodePoint);
    const cursors = devices.flatMap((device) =>
      [...(this.data.cursors.get(`${tenant} ${user} ${device}`) ?? [])]
        .sort(([a], [b]) => byCodePoint(a, b))
        .map(([stream, position]) => ({ device, stream, position })),
    );
    return cursors.slice(0, CURSORS_LISTED);
  }

  private byId({ tenant, before, below }: MessagesRequest): Candidate[] {
    const mine = [...this.data.messages.values()].filter(({ message }) => message.tenant === tenant);
    return mine
      .map(({ message, held }) => ({ place: message.id, message: listed(message, held) }))
      .filter(({ place }) => [before, below].every((id) => id === undefined || byCodePoint(place, id) < 0))
      .sort((a, b) => byCodePoint(b.place, a.place));
  }

  private bySeq({ tenant, before }: MessagesRequest, stream: string): Candidate[] {
    const entries = this.data.streams.get(streamKey(tenant, stream))?.slice(0, Infinity) ?? [];
    return entries
      .filter(({ seq }) => before === undefined || seq < Number(before))
      .flatMap(({ seq, message: { id } }) => {
        const record = this.data.messages.get(streamKey(tenant, id));
        return record ? [{ place: String(seq), message: listed(record.message, record.held) }] : [];
      })
      .reverse();
  }
}

function matches({ type, thread, acceptedAt }: ListedMessage, request: MessagesRequest): boolean {
  if (request.type !== undefined && type !== request.type) return false;
  if (request.thread !== undefined && thread !== request.thread) return false;
  return acceptedAt >= (request.since ?? -Infinity) && acceptedAt < (request.until ?? Infinity);
}

function listed({ data: _, notification: __, options: ___, ...message }: Message, held: boolean): ListedMessage {
  return { ...message, held };
}

const namesOf = (keys: Iterable<string>, tenant: string): string[] =>
  [...keys].flatMap((key) => (key.startsWith(`${tenant} `) ? [key.slice(tenant.length + 1)] : []));

/** Each once, by code point. */
function page(names: readonly string[], { prefix, after, limit }: Omit<NamesRequest, 'tenant'>): string[] {
  const wanted = [...new Set(names)].filter((name) => name.startsWith(prefix) && byCodePoint(name, after) > 0);
  return wanted.sort(byCodePoint).slice(0, limit);
}
