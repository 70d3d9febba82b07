import { effect } from '@preact/signals';
import { transport } from '../state/connection';
import { openRoomId } from '../state/route';
import { loadLatest } from '../state/threads';

const EVERY_MS = 4_000;

/** Long poll loses the signals between two polls, and receipts are signals: there they are asked for. */
export function askForReceiptsWhilePolling(): void {
  effect(() => {
    const roomId = openRoomId.value;
    if (transport.value !== 'poll' || roomId === undefined) return;
    const timer = setInterval(() => void loadLatest(roomId).catch(() => undefined), EVERY_MS);
    return () => clearInterval(timer);
  });
}
