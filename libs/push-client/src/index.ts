export { PushClient } from './push-client.js';
export type { PushClientOptions, TokenReason, TokenSource } from './options.js';
export type { BackoffOptions } from './backoff.js';
export type {
  ClientState,
  DisconnectedEvent,
  PushClientEvents,
  ResetEvent,
  StateEvent,
  TransportEvent,
} from './events.js';
export { PushClientError, isPushClientError } from './errors.js';
export type { ClientErrorCode, PushClientErrorCode } from './errors.js';
export type { Clock, Timer } from './clock.js';
export { globalSocket } from './socket.js';
export { webSocket } from './transports/web-socket.js';
export type { Hello, Transport, TransportName, Wire, WirePorts, WireSetup } from './transports/wire.js';
export type { Socket, SocketFactory } from './socket.js';
export type { CursorStorage } from './cursors/cursor-storage.js';
export { MemoryCursors } from './cursors/memory-cursors.js';
export { LocalStorageCursors } from './cursors/local-storage-cursors.js';
export type { KeyValueStorage, LocalStorageCursorsOptions } from './cursors/local-storage-cursors.js';
export { IndexedDbCursors } from './cursors/indexed-db-cursors.js';
export type { IndexedDbCursorsOptions } from './cursors/indexed-db-cursors.js';
export type {
  ConnectedFrame,
  FollowedFrame,
  GapFrame,
  Position,
  ReadNoticeFrame,
  RecallFrame,
  SignalFrame,
  PushFrame,
  Recovery,
  SkipFrame,
  StreamInfo,
  StreamName,
  UnfollowedFrame,
} from 'push-core/wire';
