import { wireName } from '../model/stream.js';
import type { DevicePresence } from '../store/presence-store.js';
import type { ReadNoticeFrame, RecallFrame } from '../wire.js';
import type { Connection } from './connection.js';

/**
 * How far back from a device's last sign of life is looked: what was sent shortly before it went silent may have been
 * written to a link that was dead already. What comes twice does no harm: both notices only repeat a fact.
 */
const MARGIN_MS = 120_000;

/** What changed about messages the device may have, while it was away: recalls, and read marks of other devices. */
export async function whatWasMissed(
  connection: Connection,
  known: DevicePresence | undefined,
): Promise<(RecallFrame | ReadNoticeFrame)[]> {
  const { hub, tenant, user } = connection;
  if (!known) return [];
  const since = known.lastSeenAt - MARGIN_MS;
  const streams = connection.followers.map(({ live }) => live);
  const [recalled, marks] = await Promise.all([
    hub.arrivals.recalledSince(streams, since),
    hub.arrivals.changedSince({ tenant, user, since }),
  ]);
  const recalls = recalled
    .filter(({ stream, seq }) => seq <= (connection.follower(stream)?.acked ?? 0))
    .map(({ stream, seq, id }): RecallFrame => ({ op: 'recall', s: wireName(stream), seq, id }));
  const unread = await hub.readBook.unreadOf(marks);
  const notices = marks.map((mark, i): ReadNoticeFrame => {
    const { stream, thread, position } = mark;
    return { op: 'read', s: wireName(stream), seq: position.seq, thread, unread: unread[i] ?? 0 };
  });
  return [...recalls, ...notices];
}
