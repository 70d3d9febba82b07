import { signal, type Signal } from '@preact/signals';
import { api } from '../api/calls';
import type { Message, MessagePage } from '../api/types';
import { merged, union } from './merge';

/** What this page has of a room. */
export interface Thread {
  /** Oldest first, without holes. */
  readonly messages: readonly Message[];
  /** There are older ones. */
  readonly more: boolean;
  readonly isLoaded: boolean;
}

const EMPTY: Thread = { messages: [], more: true, isLoaded: false };
const threads = new Map<string, Signal<Thread>>();
/** Receipts that were quicker than the answer to the sender's own request. */
const early = new Map<string, { delivered: readonly string[]; read: readonly string[] }>();
const MOST_EARLY = 500;

export function threadOf(roomId: string): Signal<Thread> {
  let thread = threads.get(roomId);
  if (thread === undefined) threads.set(roomId, (thread = signal(EMPTY)));
  return thread;
}

export function forgetThreads(): void {
  for (const thread of threads.values()) thread.value = EMPTY;
  early.clear();
}

/** The newest page. Where it does not reach what is here, what is here has a hole behind it, and gives way. */
export async function loadLatest(roomId: string): Promise<void> {
  const page = await api.messages(roomId);
  const thread = threadOf(roomId);
  const known = new Set(thread.value.messages.map(({ id }) => id));
  const joins = !page.more || page.messages.some(({ id }) => known.has(id));
  const more = joins && thread.value.isLoaded ? thread.value.more : page.more;
  thread.value = { messages: joined(joins ? thread.value.messages : [], page.messages), more, isLoaded: true };
}

export async function loadOlder(roomId: string): Promise<void> {
  const thread = threadOf(roomId);
  const page: MessagePage = await api.messages(roomId, thread.value.messages[0]?.id);
  thread.value = { ...thread.value, messages: joined(thread.value.messages, page.messages), more: page.more };
}

export function putMessage(message: Message): void {
  const thread = threadOf(message.roomId);
  thread.value = { ...thread.value, messages: joined(thread.value.messages, [message]) };
}

/** Messages that are not here yet find their receipts when they come. */
export function addReceipts(roomId: string, ids: ReadonlySet<string>, user: string, state: 'delivered' | 'read'): void {
  const receipt = { delivered: [user], read: state === 'read' ? [user] : [] };
  amend(roomId, (message) => ids.has(message.id), receipt);
  const known = new Set(threadOf(roomId).value.messages.map(({ id }) => id));
  for (const id of ids) {
    if (known.has(id) || early.size >= MOST_EARLY) continue;
    const before = early.get(id) ?? { delivered: [], read: [] };
    early.set(id, { delivered: union(before.delivered, [user]), read: union(before.read, receipt.read) });
  }
}

export const markRecalled = (roomId: string, id: string): void =>
  amend(roomId, (message) => message.id === id, { recalled: true });

/** The server withdrew a push message; which of ours that was, its `pushId` says. */
export function recallByPush(pushId: string): void {
  for (const roomId of threads.keys()) amend(roomId, (message) => message.pushId === pushId, { recalled: true });
}

function amend(roomId: string, isMeant: (message: Message) => boolean, change: Partial<Message>): void {
  const thread = threadOf(roomId);
  if (!thread.value.messages.some(isMeant)) return;
  const messages = thread.value.messages.map((one) => (isMeant(one) ? merged(one, { ...one, ...change }) : one));
  thread.value = { ...thread.value, messages };
}

function joined(old: readonly Message[], fresh: readonly Message[]): Message[] {
  const byId = new Map(old.map((message) => [message.id, message]));
  for (const message of fresh) {
    const known = byId.get(message.id);
    const receipts = early.get(message.id);
    early.delete(message.id);
    const base = receipts === undefined ? message : merged({ ...message, ...receipts }, message);
    byId.set(message.id, known === undefined ? base : merged(known, base));
  }
  return [...byId.values()].sort((a, b) => a.at - b.at);
}
