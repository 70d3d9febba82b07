import type { Position, ResumePoint, StreamName } from 'push-core/wire';

/** A client's frame may have 32 KiB; the token and the rest of `connect` need their part. */
const BUDGET_BYTES = 20 * 1024;

/**
 * The `resume` of `connect`. Where not all positions fit, the last ones are left out: for those the server continues from
 * its own cursor, which is at most older, and older entries are recognised as duplicates.
 */
export function resumePoints(
  positions: Iterable<[StreamName, Position]>,
  startAtOldest: Iterable<StreamName>,
): Record<StreamName, ResumePoint> | undefined {
  const points = new Map<StreamName, ResumePoint>();
  let bytes = 0;
  const add = (stream: StreamName, point: ResumePoint) => {
    if (points.has(stream)) return;
    // A UTF-16 unit is at most 3 bytes of UTF-8.
    bytes += 3 * JSON.stringify([stream, point]).length;
    if (bytes <= BUDGET_BYTES) points.set(stream, point);
  };
  for (const [stream, { epoch, seq }] of positions) add(stream, { epoch, seq });
  for (const stream of startAtOldest) add(stream, 'start');
  return points.size === 0 ? undefined : Object.fromEntries(points);
}
