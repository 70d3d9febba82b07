import { api } from '../api/calls';
import { clientState } from '../state/connection';

/** Receivers show it for five. */
const EVERY_MS = 3_000;
const saidAt = new Map<string, number>();

/** Nobody waits for it: without a connection, or when it fails, it is simply not said. */
export function sayTyping(roomId: string): void {
  const now = Date.now();
  if (clientState.value !== 'connected' || now - (saidAt.get(roomId) ?? 0) < EVERY_MS) return;
  saidAt.set(roomId, now);
  void api.typing(roomId).catch(() => undefined);
}

/** What was typed is sent: the next letter is news again. */
export const stopTyping = (roomId: string): void => void saidAt.delete(roomId);
