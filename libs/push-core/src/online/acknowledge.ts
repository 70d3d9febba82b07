import { PushError } from '../errors.js';
import type { DeviceRef } from '../model/device.js';
import { streamNamed } from '../model/stream.js';
import type { Hub } from './hub.js';

/**
 * An acknowledgement that came beside the device's link, or without one. It may be of what an earlier link brought, while
 * the one there is now has not come as far yet: anything up to the head counts.
 */
export async function acknowledgeFor(hub: Hub, ref: DeviceRef, name: string, seq: number): Promise<void> {
  const stream = streamNamed(name, ref.user);
  const follower = hub.links.of(ref)?.follower(stream);
  if (follower) {
    if (!follower.acknowledge(seq, follower.live.head)) throw beyond(name);
    return hub.flush();
  }
  await hub.book.flush();
  const { cursors, messages } = hub.options.store;
  const stored = (await cursors.load([ref]))[0]?.get(stream);
  if (!stored) throw new PushError('NOT_FOUND', `This device does not follow "${name}"`, { field: 's' });
  const [state] = await messages.states([{ tenant: ref.tenant, stream }]);
  if (!state || seq > state.head) throw beyond(name);
  if (stored.epoch !== state.epoch || seq <= stored.seq) return;
  await cursors.advance([{ ...ref, stream, position: { epoch: state.epoch, seq } }]);
  hub.onMoved([ref]);
  hub.tellOthers([{ kind: 'acked', ...ref, stream, epoch: state.epoch, seq }]);
  hub.events.emit('delivered', { ...ref, stream: name, from: stored.seq + 1, to: seq });
}

const beyond = (name: string): PushError =>
  new PushError('INVALID', `"seq" is beyond what was sent of "${name}"`, { field: 'seq' });
