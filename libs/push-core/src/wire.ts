/**
 * The frames of `push.v1.json`, as they travel: one JSON object a line in a WebSocket text frame.
 * Types only; the SDK imports nothing else of the core.
 */

/** `@me`, `@all` or a topic. */
export type StreamName = string;

/** A place in a stream: `seq` counts from 1 without gaps inside one `epoch`. */
export interface Position {
  epoch: string;
  seq: number;
}

/** Where to continue: a position, or `'start'` for the oldest entry kept. */
export type ResumePoint = Position | 'start';

export type Recovery = 'complete' | 'gap' | 'reset';

/** What a device learns of one stream when it begins to follow it. */
export interface StreamInfo {
  epoch: string;
  /** Highest `seq` of the stream. */
  head: number;
  /** Delivery continues after this `seq`. */
  from: number;
  recovery: Recovery;
  /** With `recovery: 'gap'`: the range that is lost, inclusive; a `gap` frame follows. */
  lost?: { from: number; to: number };
  /**
   * The epoch of the position asked for, where it is another one that this one carries on (after a restore): up to `from`
   * the two are the same, and what the device has of it stands.
   */
  continues?: string;
}

// ---- from the client

export interface ConnectFrame {
  op: 'connect';
  token?: string;
  device: string;
  resume?: Record<StreamName, ResumePoint>;
  /** Unacknowledged entries of one stream the server may have outstanding: 1–1024, default 256. */
  window?: number;
}
export interface AckFrame {
  op: 'ack';
  s: StreamName;
  seq: number;
}
/** The user has read up to `seq`: of a thread, or of the whole stream. */
export interface ReadFrame {
  op: 'read';
  s: StreamName;
  seq: number;
  thread?: string;
}
export interface FollowFrame {
  op: 'follow';
  s: StreamName;
  id?: number;
  resume?: ResumePoint;
}
export interface UnfollowFrame {
  op: 'unfollow';
  s: StreamName;
  id?: number;
}
export interface PingFrame {
  op: 'ping';
}
export type ClientFrame = ConnectFrame | AckFrame | ReadFrame | FollowFrame | UnfollowFrame | PingFrame;

// ---- from the server

export interface ConnectedFrame {
  op: 'connected';
  connection: string;
  node: string;
  heartbeatMs: number;
  streams: Record<StreamName, StreamInfo>;
}
export interface PushFrame {
  op: 'push';
  s: StreamName;
  seq: number;
  id: string;
  type: string;
  thread?: string;
  data?: unknown;
  /** When it was accepted, Unix milliseconds. */
  at: number;
}
/** Lost to this device: refetch from the backend if it matters. */
export interface GapFrame {
  op: 'gap';
  s: StreamName;
  from: number;
  to: number;
  reason: 'retention';
}
/** Nothing for this device in this range. */
export interface SkipFrame {
  op: 'skip';
  s: StreamName;
  from: number;
  to: number;
  reason: 'expired' | 'excluded' | 'recalled';
}
/** A mark was set on another of the user's devices. `unread`: what is left of the thread, or of the whole stream. */
export interface ReadNoticeFrame extends ReadFrame {
  unread: number;
}
/** The message is withdrawn: whoever shows it takes it away. Can come more than once. */
export interface RecallFrame {
  op: 'recall';
  s: StreamName;
  seq: number;
  id: string;
}
/** Volatile: not stored, no `seq`, not acknowledged. */
export interface SignalFrame {
  op: 'signal';
  type: string;
  thread?: string;
  data?: unknown;
}
/** Answer to `follow` and `unfollow`; for `follow` with the stream's position. */
export interface OkFrame extends Partial<StreamInfo> {
  op: 'ok';
  id?: number;
  s?: StreamName;
}
/** The server began to follow a stream for this device: its user was subscribed. */
export interface FollowedFrame extends StreamInfo {
  op: 'followed';
  s: StreamName;
}
/** The server left a stream for this device: its user was unsubscribed. */
export interface UnfollowedFrame {
  op: 'unfollowed';
  s: StreamName;
}
export interface PongFrame {
  op: 'pong';
}
export interface ErrorFrame {
  op: 'error';
  id?: number;
  code: string;
  message: string;
  field?: string;
  /** When the same may be tried again. Milliseconds. */
  afterMs?: number;
}
/** The socket closes right after. */
export interface ByeFrame {
  op: 'bye';
  code: number;
  reconnect: boolean;
  afterMs?: number;
  reason?: string;
}
export type ServerFrame =
  | ConnectedFrame
  | PushFrame
  | GapFrame
  | SkipFrame
  | ReadNoticeFrame
  | RecallFrame
  | SignalFrame
  | OkFrame
  | FollowedFrame
  | UnfollowedFrame
  | PongFrame
  | ErrorFrame
  | ByeFrame;
