/** The stations of a message that a trace shows, in their order. */
export type TracePoint = 'publish' | 'store' | 'hint' | 'send' | 'acknowledge';

/** What a station knows about itself. Ids of users and devices are among them: a tracer need not pass on all it is told. */
export interface TraceFacts {
  readonly tenant: string;
  readonly messageId?: string;
  readonly user?: string;
  readonly device?: string;
  /** As it is called on the wire. */
  readonly stream?: string;
  readonly seq?: number;
  readonly transport?: string;
  /** Places in streams that were taken. */
  readonly places?: number;
  readonly resent?: boolean;
}

export interface TraceSpan {
  /** W3C `traceparent`, for what follows from this; undefined where nobody records it, and then nothing that follows is traced. */
  readonly traceparent: string | undefined;
  /** Once. `error` where it failed, whatever was thrown. */
  end(error?: unknown): void;
}

/**
 * Takes down the way of messages. Called in hot paths: must not throw and must not wait.
 *
 * A `publish` has no parent given, so it belongs to whatever the caller is doing; every other station is told its own.
 */
export interface Tracer {
  begin(point: TracePoint, parent: string | undefined, facts: TraceFacts): TraceSpan;
}
