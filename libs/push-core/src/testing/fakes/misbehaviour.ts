/**
 * What a fake does wrong with the next request, on command. Everything else it answers as the real one would.
 */
export type Misbehaviour =
  /** Answers this, whatever was asked. `retryAfter`: the header, seconds or an HTTP date. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | object;
      readonly retryAfter?: string | number;
    }
  /** Says that the caller's key or access token is too old, in its own words. */
  | { readonly kind: 'expired_key' }
  /** Takes the request whole and never answers. */
  | { readonly kind: 'stall' }
  /** Does its work (the notification counts as shown), and never answers. */
  | { readonly kind: 'stall_after_work' }
  /** Answers after this time. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Takes the request whole and tears the connection down. */
  | { readonly kind: 'reset' }
  /** HTTP/2: this stream alone is reset, after the request was read. HTTP/1.1: as `reset`. */
  | { readonly kind: 'reset_stream' }
  /** HTTP/2: REFUSED_STREAM, nothing was processed. HTTP/1.1: as `reset`. */
  | { readonly kind: 'refuse_stream' }
  /**
   * HTTP/2: GOAWAY while requests are under way. `processed`: this request is answered all the same; `unprocessed`: it is above the
   * last stream; `silent`: it counts as taken, and no answer comes. HTTP/1.1: answers with `connection: close`.
   */
  | {
      readonly kind: 'goaway';
      readonly request: 'processed' | 'unprocessed' | 'silent';
      readonly reason?: string;
      readonly code?: number;
    }
  /** The status at once, then the body a byte at a time, without end. */
  | { readonly kind: 'slow_drip'; readonly status?: number; readonly everyMs?: number }
  /** A body of so many bytes. */
  | { readonly kind: 'huge_body'; readonly bytes: number; readonly status?: number }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: 301 | 302 | 307 | 308 };

export type MisbehaviourKind = Misbehaviour['kind'];

/** What stands in the script: each entry serves so many requests, in their order. */
export class MisbehaviourScript {
  private readonly planned: { readonly what: Misbehaviour; left: number }[] = [];

  add(what: Misbehaviour, times: number): void {
    if (times > 0) this.planned.push({ what, left: times });
  }

  /** For the next request; undefined: behave. */
  next(): Misbehaviour | undefined {
    const first = this.planned[0];
    if (!first) return undefined;
    if (--first.left <= 0) this.planned.shift();
    return first.what;
  }

  clear(): void {
    this.planned.length = 0;
  }
}
