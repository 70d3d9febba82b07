import type {
  ConnectedFrame,
  FollowedFrame,
  GapFrame,
  Position,
  PushFrame,
  ReadNoticeFrame,
  RecallFrame,
  SignalFrame,
  SkipFrame,
  StreamInfo,
  StreamName,
  UnfollowedFrame,
} from 'push-core/wire';
import type { PushClientError } from './errors.js';
import type { TransportName } from './transports/wire.js';

/** `idle` until `connect()`, `waiting` between two attempts; `closed` is left by `connect()` only. */
export type ClientState = 'idle' | 'connecting' | 'connected' | 'waiting' | 'closed';

export interface StateEvent {
  from: ClientState;
  to: ClientState;
}

export interface TransportEvent {
  /** Absent at the first connection. */
  from?: TransportName;
  to: TransportName;
}

export interface DisconnectedEvent {
  /** Close code, of a WebSocket or what stands for it elsewhere; 1000 after `close()`, 1006 where the link just broke. */
  code: number;
  reason: string;
  /** False: the attempt ended before the server said `connected`. */
  wasConnected: boolean;
  /** Whether this client will try again by itself. */
  reconnect: boolean;
}

/** The stream began anew: what was kept of it locally does not belong to the new epoch. Refetch from the backend. */
export interface ResetEvent {
  stream: StreamName;
  info: StreamInfo;
  /** Where this client was in the old epoch, if anywhere. */
  previous?: Position;
}

export interface PushClientEvents {
  /**
   * The next message of a stream, each exactly once and in order. It is acknowledged after all handlers returned and
   * their promises resolved; the stream's next message waits for that.
   */
  message: PushFrame;
  /** Entries lost to this device. */
  gap: GapFrame;
  /** Entries that are not for this device. */
  skip: SkipFrame;
  reset: ResetEvent;
  /** On another device of the user something was read; `unread` is what is left of the thread, or of the stream. */
  read: ReadNoticeFrame;
  /**
   * A message was withdrawn: take it away where it is shown. Once for each `id`; one not handed over yet will not be
   * (a `skip` takes its place).
   */
  recall: RecallFrame;
  /** Volatile: typing and the like. Not stored, in no order to messages, lost while there is no connection. */
  signal: SignalFrame;
  /** Also when a better transport took over from a running one, without `disconnected` before it. */
  connected: ConnectedFrame;
  disconnected: DisconnectedEvent;
  state: StateEvent;
  /** Connected over another transport than before. */
  transport: TransportEvent;
  error: PushClientError;
  /** The server began to follow a stream for this device: its user was subscribed. */
  followed: FollowedFrame;
  /** The server left a stream for this device: its user was unsubscribed. */
  unfollowed: UnfollowedFrame;
}
