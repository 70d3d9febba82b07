import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isPushError, toPushError, type Guest, type Push, type PushError } from 'push-core';
import type { ConnectOptions, TransportClient, TransportSite } from 'push-core/testing';

/** Answers a request whose caller is known; `refuse` answers with an error in place of that. */
export type Serve = (
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  guest: Guest,
  refuse: (error: PushError) => void,
) => void;

/** A bare HTTP server: `GET /` is the transport, `POST /ack` acknowledges in between. Tokens as in the contract. */
export async function httpSite(
  push: Push,
  serve: Serve,
  makeClient: (url: string, options: ConnectOptions) => TransportClient,
): Promise<TransportSite> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refuse = (error: PushError): void => {
      if (response.headersSent) return;
      const { code, status, retryable, retryAfterMs } = error;
      const body = JSON.stringify({ code, retryable, retryAfterMs });
      response.writeHead(status, { 'Content-Type': 'application/problem+json' }).end(body);
    };
    try {
      const refusal = push.refusal(request.socket.remoteAddress);
      if (refusal) return refuse(refusal);
      const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
      const token = (request.headers.authorization ?? '').slice('Bearer '.length);
      const guest = await push.identify({ token }, query.get('device') ?? undefined);
      if (request.method === 'GET') return serve(request, response, query, guest, refuse);
      const { tenant, user } = guest.identity;
      const { s, seq } = JSON.parse(await textOf(request)) as { s: string; seq: number };
      await push.acknowledge({ tenant, user, device: guest.device }, s, seq);
      response.writeHead(204).end();
    } catch (thrown) {
      refuse(isPushError(thrown) ? thrown : toPushError(thrown));
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients = new Set<TransportClient>();
  return {
    async connect(options) {
      const client = makeClient(url, options);
      clients.add(client);
      return client;
    },
    async close() {
      for (const client of clients) client.drop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export async function textOf(message: IncomingMessage): Promise<string> {
  message.setEncoding('utf8');
  let text = '';
  for await (const chunk of message) text += chunk as string;
  return text;
}
