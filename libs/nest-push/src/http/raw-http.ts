import type { IncomingMessage, ServerResponse } from 'node:http';

/** A response as Express or Fastify hands it over. */
export type HttpReply = ServerResponse | { readonly raw: ServerResponse; hijack(): unknown };
export type HttpArrival = IncomingMessage | { readonly raw: IncomingMessage };

/** Node's own request and response; from here on the answer is ours alone. */
export function takeOver(
  request: HttpArrival,
  reply: HttpReply,
): { readonly request: IncomingMessage; readonly response: ServerResponse } {
  if ('hijack' in reply) reply.hijack();
  return {
    request: 'raw' in request ? request.raw : request,
    response: 'hijack' in reply ? reply.raw : reply,
  };
}
