import type { Position } from '../wire.js';

/**
 * A stream's name inside a tenant: a topic's own name, `@` + user for a user's own stream, `@` alone for everybody's.
 * Topics may not start with `@`, ids hold no white space, so names never collide.
 */
export type StreamId = string;

export const EVERYBODY: StreamId = '@';

export interface StreamRef {
  readonly tenant: string;
  readonly stream: StreamId;
}

/** What the store knows of a stream. A stream that never had an entry has head 0 and first 1. */
export interface StreamState {
  readonly epoch: string;
  /** Highest `seq`, 0 when empty. */
  readonly head: number;
  /** Lowest `seq` still kept; head + 1 when none is. */
  readonly first: number;
  /** The life before this one, up to where this one carries it on: the store was restored from a backup of it. */
  readonly before?: Position;
}

export const userStream = (user: string): StreamId => `@${user}`;

export const isTopic = (stream: StreamId): boolean => !stream.startsWith('@');

/** The user a stream belongs to, or undefined for a topic and for everybody's stream. */
export const userOf = (stream: StreamId): string | undefined =>
  stream.length > 1 && stream.startsWith('@') ? stream.slice(1) : undefined;

/** How a device calls the stream on the wire. */
export const wireName = (stream: StreamId): string =>
  isTopic(stream) ? stream : stream === EVERYBODY ? '@all' : '@me';

/** The stream a device means by a name on the wire. */
export const streamNamed = (name: string, user: string): StreamId =>
  name === '@me' ? userStream(user) : name === '@all' ? EVERYBODY : name;

/** Map key; ids hold no white space, so a space separates safely. */
export const streamKey = (tenant: string, stream: StreamId): string => `${tenant} ${stream}`;

export type { Position };
