import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isPushError, toPushError, type Push, type PushError } from 'push-core';
import { servePoll, serveSse } from 'push-core/http';

/** The routes of a client that is no WebSocket, on a bare HTTP server, under the names of the contract. */
export function httpDoor(push: Push): Server {
  return createServer((request, response) => {
    const refuse = (error: PushError): void => {
      if (response.headersSent) return;
      const { code, status, retryable, retryAfterMs } = error;
      const headers = { 'Content-Type': 'application/problem+json' };
      response.writeHead(status, headers).end(JSON.stringify({ code, retryable, retryAfterMs }));
    };
    answer(push, request, response, refuse).catch((thrown: unknown) =>
      refuse(isPushError(thrown) ? thrown : toPushError(thrown)),
    );
  });
}

async function answer(
  push: Push,
  request: IncomingMessage,
  response: ServerResponse,
  refuse: (error: PushError) => void,
): Promise<void> {
  const refusal = push.refusal(request.socket.remoteAddress);
  if (refusal) return refuse(refusal);
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
  const token = (request.headers.authorization ?? '').slice('Bearer '.length);
  const { identity, device } = await push.identify({ token }, query.get('device') ?? undefined);
  switch (pathname) {
    case '/v1/sse': {
      const lastEventId = request.headers['last-event-id'] as string | undefined;
      return serveSse(push, request, response, { identity, device, lastEventId, refuse, closeTimeoutMs: 2_000 });
    }
    case '/v1/poll': {
      const waitMs = query.has('waitMs') ? Number(query.get('waitMs')) : undefined;
      return servePoll(push, request, response, {
        identity,
        device,
        after: query.get('after') ?? undefined,
        waitMs,
        refuse,
      });
    }
    case '/v1/ack': {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { s, seq } = JSON.parse(body) as { s: string; seq: number };
      await push.acknowledge({ tenant: identity.tenant, user: identity.user, device }, s, seq);
      response.writeHead(204).end();
      return;
    }
    default:
      response.writeHead(404).end();
  }
}
