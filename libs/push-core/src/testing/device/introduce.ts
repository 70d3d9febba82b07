import type { DeviceRef } from '../../model/device.js';
import { EVERYBODY, userStream } from '../../model/stream.js';
import type { Store } from '../../store/store.js';

/**
 * Makes the device one that was seen before and is away: what comes from now on is what it finds when it connects. Without
 * it a device would begin at the head of that later moment, and miss what a test published in between.
 *
 * Does nothing for a device that is known. In a memory store it has happened before the event loop turns.
 */
export async function introduce(
  store: Pick<Store, 'cursors' | 'messages' | 'topics'>,
  device: DeviceRef,
): Promise<void> {
  const { tenant, user } = device;
  const [[subscriptions = []], [known]] = await Promise.all([
    store.topics.subscriptions([{ tenant, user }]),
    store.cursors.load([device]),
  ]);
  if (known && known.size > 0) return;
  const streams = [userStream(user), EVERYBODY, ...subscriptions.map(({ topic }) => topic)];
  const states = await store.messages.states(streams.map((stream) => ({ tenant, stream })));
  await store.cursors.advance(
    states.map(({ epoch, head }, i) => ({
      ...device,
      stream: streams[i] as string,
      position: { epoch, seq: head },
      begins: true,
    })),
  );
}
