import { LIMITS } from 'push-core';
import { webSocketServerOptions } from 'push-core/websocket';

/** Room for the packet's type, namespace and id, and the event's name. */
const PACKET_OVERHEAD_BYTES = 1024;

/** For `WsAdapter` and `IoAdapter` alike: each hands them to its library, which takes the ones it knows. */
export const gatewayOptions = (path: string) => ({
  path,
  // ws
  ...webSocketServerOptions,
  closeTimeout: 5000,
  // Socket.IO
  serveClient: false,
  maxHttpBufferSize: LIMITS.clientFrameBytes + PACKET_OVERHEAD_BYTES,
  connectTimeout: 10_000,
  upgradeTimeout: 10_000,
});
