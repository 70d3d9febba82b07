import { computed, signal } from '@preact/signals';
import { storage } from './storage';

/** An own message that the server has not answered yet. */
export interface Outgoing {
  readonly clientId: string;
  readonly roomId: string;
  readonly text: string;
  readonly at: number;
  /** The server refused it: it waits for the user's decision. */
  readonly failed?: string;
}

/** In the order of writing. */
export const outbox = signal<readonly Outgoing[]>([]);
export const pendingCount = computed(() => outbox.value.filter(({ failed }) => failed === undefined).length);

let owner = '';
// A key each: two tabs that write at once do not overwrite each other's.
const keyOf = (clientId: string) => `outbox/${owner}/${clientId}`;

/** What was written on this device by this user and is not out yet, also before a reload. */
export function openOutbox(user: string): void {
  owner = user;
  const kept = storage.keys(`outbox/${user}/`).map((key) => storage.read(key));
  outbox.value = kept.filter(isOutgoing).sort((a, b) => a.at - b.at);
}

export function keepOutgoing(message: Outgoing): void {
  storage.write(keyOf(message.clientId), message);
  outbox.value = [...outbox.value.filter(({ clientId }) => clientId !== message.clientId), message].sort(
    (a, b) => a.at - b.at,
  );
}

export function dropOutgoing(clientId: string): void {
  if (!outbox.value.some((one) => one.clientId === clientId)) return;
  storage.write(keyOf(clientId), undefined);
  outbox.value = outbox.value.filter((one) => one.clientId !== clientId);
}

function isOutgoing(value: unknown): value is Outgoing {
  const one = value as Partial<Outgoing> | undefined;
  return [one?.clientId, one?.roomId, one?.text].every((text) => typeof text === 'string') && one?.at !== undefined;
}
