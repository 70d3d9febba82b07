import type { ClientRequest, IncomingMessage } from 'node:http';
import type { PushFrame, ServerFrame } from 'push-core/wire';
import { Client, type LinkEvents, type RawLink } from './client.js';
import { call, refusal, textOf } from './http.js';

interface Answer {
  entries: PushFrame[];
  events?: ServerFrame[];
  cursor: string;
  recovery: 'complete' | 'gap' | 'reset';
}

/** One request after the other; the next one acknowledges. It is in once the first one is answered, a later one has left. */
export class PollClient extends Client {
  readonly transport = 'poll';
  private cursor?: string;
  private firstCursor?: string;

  protected begin(events: LinkEvents): RawLink {
    if (this.options.sabotage === 'forgets') this.cursor = this.firstCursor;
    let isIn = false;
    const admitted = (): void => {
      if (!isIn) events.connected();
      isIn = true;
    };
    let isOver = false;
    let request: ClientRequest | undefined;
    const poll = (): void => {
      const { port, token, device } = this.options;
      // The first one is answered at once, so that the client knows when it is in.
      const after = this.cursor === undefined ? '&waitMs=0' : `&after=${encodeURIComponent(this.cursor)}`;
      request = call({
        port,
        path: `/v1/poll?device=${device}${after}`,
        token,
        failed: () => events.gone({}),
        answered: (response) => void take(response).catch(() => events.gone({})),
      });
      if (this.cursor !== undefined) request.once('socket', (socket) => socket.once('connect', admitted));
    };
    const take = async (response: IncomingMessage): Promise<void> => {
      if (response.statusCode !== 200) return events.gone(await refusal(response));
      const answer = JSON.parse(await textOf(response)) as Answer;
      if (isOver) return;
      admitted();
      if (answer.recovery !== 'complete') this.problems.push(`${this.name}: ${answer.recovery}`);
      this.cursor = answer.cursor;
      this.firstCursor ??= answer.cursor;
      for (const frame of [...(answer.events ?? []), ...answer.entries]) events.frame(frame);
      if (!isOver) poll();
    };
    poll();
    return {
      acknowledge: () => undefined,
      drop: () => {
        isOver = true;
        request?.destroy();
      },
      abandon: () => void (isOver = true),
    };
  }
}
