import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';
import { PushProblemFilter } from './problem.filter.js';

export interface HttpSettings {
  /** A request's headers must arrive within. Milliseconds, default 10000. */
  headersTimeoutMs?: number;
  /** A whole request must arrive within. Milliseconds, default 30000. */
  requestTimeoutMs?: number;
  /** A quiet connection is kept this long. Milliseconds, default 5000. */
  keepAliveTimeoutMs?: number;
}

/**
 * For a server that is nothing but the API: every error of the application becomes a problem document, nothing tells
 * what the server is made of, and a client that sends slowly is cut off. A host with routes of its own needs none of
 * it; limits on the API's own bodies are set by `PushHttpModule`.
 */
export function configureHttp(app: INestApplication, settings: HttpSettings = {}): void {
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'express') {
    const express = adapter.getInstance() as { set(name: string, value: unknown): void };
    express.set('x-powered-by', false);
    express.set('etag', false);
  }
  app.useGlobalFilters(new PushProblemFilter());
  const server = app.getHttpServer() as Server;
  server.headersTimeout = settings.headersTimeoutMs ?? 10_000;
  server.requestTimeout = settings.requestTimeoutMs ?? 30_000;
  server.keepAliveTimeout = settings.keepAliveTimeoutMs ?? 5_000;
}
