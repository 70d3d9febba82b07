import { computed, signal } from '@preact/signals';
import type { ClientState, TransportName } from 'push-client';
import { pendingCount } from './outbox';

export const clientState = signal<ClientState>('idle');
export const transport = signal<TransportName | undefined>(undefined);
/** Entries of the stream that are still on their way after `connected`. */
export const toCatchUp = signal(0);
/** Rooms and receipts are being asked for anew. */
export const isRefreshing = signal(false);
/** Why the client stands still for good: another tab has this device now. */
export const isReplaced = signal(false);
/** The first connection may take its moment before anybody is told that there is none. */
export const isPatient = signal(true);

export type Notice = 'replaced' | 'offline' | 'catching_up' | 'sending' | 'none';

/** What the banner has to say. */
export const notice = computed<Notice>(() => {
  if (isReplaced.value) return 'replaced';
  if (clientState.value !== 'connected') return isPatient.value ? 'none' : 'offline';
  if (toCatchUp.value > 0 || isRefreshing.value) return isPatient.value ? 'none' : 'catching_up';
  return pendingCount.value > 1 ? 'sending' : 'none';
});
