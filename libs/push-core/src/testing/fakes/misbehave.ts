import type { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import type { Answer } from './http2-server.js';
import type { Misbehaviour } from './misbehaviour.js';

export interface Exchange {
  readonly response: ServerResponse | Http2ServerResponse;
  after(ms: number, run: () => void): void;
  answer(answer: Answer): void;
}

/** Does the wrong thing with one request, on the wire. */
export function misbehave(what: Misbehaviour, exchange: Exchange): void {
  switch (what.kind) {
    case 'answer': {
      const headers = { ...what.headers };
      if (what.retryAfter !== undefined) headers['retry-after'] = String(what.retryAfter);
      return exchange.answer({ status: what.status, headers, body: what.body });
    }
    case 'redirect':
      return exchange.answer({ status: what.status ?? 307, headers: { location: what.location } });
    case 'huge_body':
      return exchange.answer({ status: what.status ?? 200, body: 'x'.repeat(what.bytes) });
    case 'slow_drip':
      exchange.response.writeHead(what.status ?? 200);
      return drip(exchange, what.everyMs ?? 100);
    case 'reset':
      return cut(exchange.response);
    case 'reset_stream':
      return closeStream(exchange.response, constants.NGHTTP2_INTERNAL_ERROR);
    case 'refuse_stream':
      return closeStream(exchange.response, constants.NGHTTP2_REFUSED_STREAM);
    case 'goaway':
      return goAway(what, exchange.response);
    case 'stall':
    case 'stall_after_work':
    case 'late':
    case 'expired_key':
      return;
  }
}

function drip(exchange: Exchange, everyMs: number): void {
  if (exchange.response.destroyed) return;
  if ('stream' in exchange.response) exchange.response.stream.write('.');
  else exchange.response.write('.');
  exchange.after(everyMs, () => drip(exchange, everyMs));
}

function cut(response: ServerResponse | Http2ServerResponse): void {
  if ('stream' in response) response.stream.session?.destroy();
  else reset(response);
}

/** TLS stands between us and the handle that could be reset. */
function reset({ socket }: ServerResponse): void {
  if (socket && 'encrypted' in socket) socket.destroy();
  else socket?.resetAndDestroy();
}

function closeStream(response: ServerResponse | Http2ServerResponse, code: number): void {
  if ('stream' in response) response.stream.close(code);
  else reset(response);
}

function goAway(what: Extract<Misbehaviour, { kind: 'goaway' }>, response: ServerResponse | Http2ServerResponse): void {
  if (!('stream' in response)) return void response.setHeader('connection', 'close');
  const { session, id = 0 } = response.stream;
  const last = what.request === 'unprocessed' ? Math.max(0, id - 2) : 0x7fffffff;
  const data = what.reason === undefined ? undefined : Buffer.from(JSON.stringify({ reason: what.reason }));
  session?.goaway(what.code ?? constants.NGHTTP2_NO_ERROR, last, data);
  if (what.request === 'silent') session?.destroy();
}
