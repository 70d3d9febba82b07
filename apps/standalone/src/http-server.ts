import { createServer, type RequestListener, type Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';

/**
 * What one HTTP connection may take: time, bytes and headers. An answer has no deadline of its own, so long polls and
 * event streams are not cut. Times in milliseconds.
 */
const LIMITS = {
  /** A connection that has not sent a request's headers by then is closed, one that sends nothing too. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** Longer than the 60 s for which load balancers keep theirs: they would send a request into a closing connection. */
  keepAliveTimeout: 65_000,
  /** How late a deadline may be noticed. */
  connectionsCheckingInterval: 1000,
  /** Bytes of a request's headers, all together. */
  maxHeaderSize: 16 * 1024,
} as const;
/** Headers of one request; what follows is not looked at. */
const MAX_HEADERS = 200;
/**
 * Connections the kernel holds until they are taken. With Node's 511 it drops what comes beyond in a storm of
 * reconnects, and whoever is dropped tries again only a second later.
 */
const BACKLOG = 4096;

type Listening = () => void;

/** Express on a server with limits of its own; some of them can be given only when the server is made. */
export class LimitedExpressAdapter extends ExpressAdapter {
  override initHttpServer(): void {
    const server = createServer(LIMITS, this.getInstance<RequestListener>());
    server.maxHeadersCount = MAX_HEADERS;
    this.httpServer = server;
  }

  override listen(port: string | number, host?: string | Listening, listening?: Listening): Server {
    const [hostname, callback] = typeof host === 'string' ? [host, listening] : [undefined, host];
    return (this.httpServer as Server).listen({ port: Number(port), host: hostname, backlog: BACKLOG }, callback);
  }
}

/** For `configureHttp`, which sets them again. */
export const HTTP_SETTINGS = {
  headersTimeoutMs: LIMITS.headersTimeout,
  requestTimeoutMs: LIMITS.requestTimeout,
  keepAliveTimeoutMs: LIMITS.keepAliveTimeout,
} as const;
