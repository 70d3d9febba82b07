import type { ReadHint, RecallHint, SignalHint } from '../cluster/bus.js';
import { isFor } from '../model/message.js';
import { userOf, wireName, isTopic } from '../model/stream.js';
import { SharedFrame } from '../transports/shared-frame.js';
import type { Connection } from './connection.js';
import type { LiveStream } from './live-stream.js';
import { frameOf } from './server-frames.js';

/** Whom this node has connections of. */
export interface Present {
  live(tenant: string, stream: string): LiveStream | undefined;
  ofUser(tenant: string, user: string): readonly Connection[];
}

/** To each connected device once, however many of the targets it is in. */
export function sendSignal(present: Present, { tenant, targets, frame }: SignalHint): void {
  const shared = new SharedFrame(frame);
  const told = new Set<Connection>();
  for (const { stream, filter } of targets) {
    const user = userOf(stream);
    const connections =
      user === undefined
        ? (present.live(tenant, stream)?.followers ?? []).map((follower) => follower.connection)
        : present.ofUser(tenant, user);
    for (const connection of connections) {
      if (told.has(connection) || (filter && !isFor(filter, connection.user, connection.device))) continue;
      told.add(connection);
      connection.sendSignal(shared);
    }
  }
}

/** Who was sent it is told; who was not will be told to skip it. */
export function tellRecall(present: Present, { tenant, id, places }: RecallHint): void {
  for (const { stream, epoch, seq } of places) {
    const live = present.live(tenant, stream);
    if (!live || live.epoch !== epoch) continue;
    live.recall(seq);
    const frame = frameOf({ op: 'recall', s: live.name, seq, id });
    for (const follower of live.followers) if (follower.wasSent(seq)) follower.connection.queue(frame);
  }
}

/** To the user's other devices, as far as they follow the stream. */
export function tellRead(present: Present, { mark, unread }: Omit<ReadHint, 'kind'>, device: string | undefined): void {
  const { tenant, user, stream, thread, position } = mark;
  const frame = frameOf({ op: 'read', s: wireName(stream), seq: position.seq, thread, unread });
  for (const connection of present.ofUser(tenant, user)) {
    if (connection.device === device || connection.state !== 'connected') continue;
    if (isTopic(stream) && !connection.follower(stream)) continue;
    connection.queue(frame);
  }
}
