import { isRefreshing } from '../state/connection';
import { loadPeople } from '../state/people';
import { loadRooms } from '../state/rooms';
import { openRoomId } from '../state/route';
import { loadLatest } from '../state/threads';
import { loadNode } from '../lab/panel';

/** Long enough to be read where it is said at all. */
const SHOWN_MS = 500;
let runs = 0;

/**
 * What pushes do not bring back after a time away: presence, receipts and unread counts are signals, said once. What could not be asked for
 * is asked for at the next connection.
 */
export async function refresh(): Promise<void> {
  runs += 1;
  const run = runs;
  isRefreshing.value = true;
  const room = openRoomId.value;
  const asked = [loadRooms(), loadPeople(), loadNode(), ...(room === undefined ? [] : [loadLatest(room)])];
  await Promise.allSettled([...asked, new Promise((resolve) => setTimeout(resolve, SHOWN_MS))]);
  if (run === runs) isRefreshing.value = false;
}
