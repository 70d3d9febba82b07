export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** The whole exchange ends by then, whatever it waits for. */
  readonly deadlineMs: number;
  /** `h2`: HTTP/2 is demanded (APNs). `any`: what the server offers. Plain `http:` addresses, where admitted: HTTP/1.1, or h2 with prior knowledge for `h2`. */
  readonly protocol: 'h2' | 'any';
  /**
   * `operator`: an address that stands in this library or in the operator's configuration. `guest`: one that a tenant or a device
   * supplied: public https hosts only, port 443, what `PUSH_EGRESS_ALLOW` admits apart (see `EgressGuard`).
   */
  readonly trust: 'operator' | 'guest';
  /** Requests with another name never share a connection (one credential's trouble stays its own). */
  readonly lane: string;
  /** Read of the answer's body at most; the rest is not read, and the connection is not used again. Default 4096. */
  readonly maxBodyBytes?: number;
}

/**
 * Outcomes as data.
 *   answered     whatever the status. A redirect is an answer, and is not followed
 *   refused      surely not processed: no connection, a refused stream, above GOAWAY's last stream. May be sent again
 *   unknown      written in whole or in part, and no answer came (deadline, reset, connection lost)
 *   forbidden    the egress guard does not admit the address; nothing was connected
 */
export type HttpResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly truncated: boolean;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'forbidden'; readonly reason: string };

/**
 * Connections to providers: HTTP/2 where it is offered, kept open, PINGed, left on GOAWAY or `closed`, opened again with a pause that
 * grows; streams as the server's SETTINGS allow, what does not fit waits within its deadline; HTTP/1.1 with a bounded number of
 * connections. A hung server costs its own lane its deadline, and nobody else anything.
 */
export interface HttpPool {
  /** Never rejects. */
  request(request: HttpRequest): Promise<HttpResult>;
  /** Closes every connection of these lanes once what is under way has its answer. */
  forget(lane: string): void;
  /** … of all. What is under way has its answer or its deadline. Idempotent. */
  close(): Promise<void>;
}
