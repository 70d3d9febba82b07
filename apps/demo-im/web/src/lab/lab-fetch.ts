import type { Line } from './line';

/**
 * `fetch` over the same line as the sockets: a lost network takes the backend's answers too, and the transports that the client falls
 * back to. Without this a cut would be a strange one, in which messages still go out.
 */
export function labFetch(line: Line): typeof fetch {
  return async (input, init) => {
    if (line.state.value === 'cut') throw new TypeError('there is no network');
    const broken = new AbortController();
    const leaveLine = line.onBreak(() => broken.abort(new TypeError('the network broke')));
    const signal = AbortSignal.any([broken.signal, ...(init?.signal == null ? [] : [init.signal])]);
    const end = () => leaveLine();
    signal.addEventListener('abort', end, { once: true });
    try {
      if (!line.isUp) await never(signal);
      const answer = await fetch(input, { ...init, signal });
      if (!line.isUp) await never(signal);
      // Chromium gives a stream to an answer that may have none, and refuses to take it back.
      if (answer.body === null || answer.status === 204) {
        end();
        return answer;
      }
      return new Response(answer.body.pipeThrough(gate(line, end)), answer);
    } catch (error) {
      end();
      throw error;
    }
  };
}

/** Rejects when the request is given up. */
function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => reject(signal.reason instanceof Error ? signal.reason : new TypeError('given up'));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

/** Of a body that is under way nothing arrives while the line is half open, its end included. */
function gate(line: Line, end: () => void): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return new TransformStream({
    transform: (chunk, controller) => {
      if (line.isUp) controller.enqueue(chunk);
    },
    flush: () => {
      if (line.isUp) end();
      else return new Promise<never>(() => undefined);
    },
  });
}
