import type { ServerFrame } from 'push-core/wire';
import { EventStreamParser } from '../../conformance/support/event-stream.js';
import { Client, type LinkEvents, type RawLink } from './client.js';
import { call, refusal } from './http.js';

/** Resumes and acknowledges with `Last-Event-ID`; what it has handled in between with `POST /v1/ack`. */
export class SseClient extends Client {
  readonly transport = 'sse';
  private lastEventId?: string;

  protected begin(events: LinkEvents): RawLink {
    const { port, token, device, sabotage } = this.options;
    const parser = new EventStreamParser();
    const id = sabotage === 'forgets' ? undefined : this.lastEventId;
    let bye: { code: number; reconnect: boolean; afterMs?: number } | undefined;
    let isOver = false;
    const stream = call({
      port,
      path: `/v1/sse?device=${device}`,
      token,
      headers: id === undefined ? {} : { 'last-event-id': id },
      failed: () => events.gone({}),
      answered: (response) => {
        if (response.statusCode !== 200) return void refusal(response).then(events.gone, () => events.gone({}));
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (isOver) return;
          for (const { data } of parser.take(chunk)) {
            const frame = JSON.parse(data) as ServerFrame;
            if (frame.op === 'connected') events.connected(frame.streams);
            else if (frame.op === 'bye') bye = frame;
            else events.frame(frame);
          }
          this.lastEventId = parser.lastEventId ?? this.lastEventId;
        });
        response.on('close', () =>
          events.gone({ code: bye?.code, afterMs: bye?.afterMs, final: bye?.reconnect === false }),
        );
      },
    });
    return {
      acknowledge: (s, seq) => {
        call({
          port,
          method: 'POST',
          path: `/v1/ack?device=${device}`,
          token,
          body: { s, seq },
          answered: (response) => response.resume(),
          failed: () => undefined,
        });
      },
      drop: () => {
        isOver = true;
        stream.destroy();
      },
      abandon: () => void (isOver = true),
    };
  }
}
