import { EventStreamParser } from '../event-stream.js';
import type { PushFrame } from 'push-core/wire';
import { kill, run, type Way } from './visit.js';

/** `curl -N`, killed. It says with `Last-Event-ID` what it has when it returns, and only then. */
export function curlWay(): Way {
  let lastEventId: string | undefined;
  return {
    name: 'curl (SSE)',
    async visit({ door, device, token, show }) {
      const parser = new EventStreamParser();
      const headers = [`Authorization: Bearer ${await token()}`];
      if (lastEventId !== undefined) headers.push(`Last-Event-ID: ${lastEventId}`);
      const given = headers.flatMap((header) => ['-H', header]);
      const child = run('curl', ['-sS', '-N', ...given, `${door.url}/v1/sse?device=${device}`]);
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        for (const { event, data } of parser.take(chunk)) if (event === 'push') show(JSON.parse(data) as PushFrame);
        lastEventId = parser.lastEventId ?? lastEventId;
      });
      return { cut: () => kill(child) };
    },
  };
}

interface Polled {
  entries: PushFrame[];
  cursor: string;
}

/** `fetch` in a loop, aborted in the middle of a poll or of an answer. */
export function pollWay(): Way {
  return {
    name: 'fetch (long poll)',
    async visit({ door, device, token, show }) {
      const authorization = `Bearer ${await token()}`;
      const cut = new AbortController();
      const polling = (async () => {
        for (let after = ''; !cut.signal.aborted;) {
          const query = new URLSearchParams({ device, waitMs: '25000', ...(after === '' ? {} : { after }) });
          const answer = await fetch(`${door.url}/v1/poll?${query.toString()}`, {
            headers: { authorization },
            signal: cut.signal,
          });
          if (answer.status !== 200) throw new Error(`poll answered ${answer.status} ${await answer.text()}`);
          const { entries, cursor } = (await answer.json()) as Polled;
          for (const entry of entries) show(entry);
          after = cursor;
        }
      })().catch((error: unknown) => {
        if (!cut.signal.aborted) throw error;
      });
      // Whatever went wrong is told by `cut`.
      polling.catch(() => undefined);
      return {
        async cut() {
          cut.abort();
          await polling;
        },
      };
    },
  };
}
