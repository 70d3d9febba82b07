import type { DeviceRef } from '../model/device.js';
import { EVERYBODY, userStream } from '../model/stream.js';
import type { Hub } from './hub.js';

/** A device that was registered counts as seen: it begins at the head of its user's stream as it is now. */
export async function meet(hub: Hub, device: DeviceRef): Promise<void> {
  const { cursors, messages } = hub.options.store;
  const [known] = await cursors.load([device]);
  if (known && known.size > 0) return;
  const refs = [userStream(device.user), EVERYBODY].map((stream) => ({ tenant: device.tenant, stream }));
  const states = await messages.states(refs);
  const moves = refs.map(({ stream }, i) => ({
    ...device,
    stream,
    position: { epoch: states[i]?.epoch ?? '', seq: states[i]?.head ?? 0 },
    begins: true,
  }));
  await hub.book.begin(moves);
}
