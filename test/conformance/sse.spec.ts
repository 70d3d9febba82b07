import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { serveSse } from 'push-core/http';
import {
  transportConformance,
  type ConnectOptions,
  type TransportClient,
  type TransportHarness,
} from 'push-core/testing';
import { EventStreamParser } from './support/event-stream.js';
import { FrameReader } from './support/frame-reader.js';
import { HttpCaller, refusalIn } from './support/http-client.js';
import { httpSite } from './support/http-site.js';

const harness: TransportHarness = {
  traits: {
    name: 'sse',
    acknowledges: 'cumulative',
    resends: 'on return',
    remembers: true,
    window: false,
    carries: ['skip', 'gap', 'recall', 'read', 'signal'],
    goodbye: 'when to return',
  },
  open: (push) =>
    httpSite(
      push,
      (request, response, _query, { identity, device }, refuse) => {
        const lastEventId = request.headers['last-event-id'];
        serveSse(push, request, response, {
          identity,
          device,
          lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
          refuse,
          closeTimeoutMs: 500,
        });
      },
      sseClient,
    ),
};

function sseClient(url: string, options: ConnectOptions): TransportClient {
  const reader = new FrameReader();
  const parser = new EventStreamParser();
  const caller = new HttpCaller(url, options);
  let stream: IncomingMessage | undefined;
  let isRefused = false;
  let isPaused = false;
  const id = options.resume as string | undefined;
  const request = caller.get({}, id === undefined ? {} : { 'last-event-id': id }, (response) => {
    isRefused = response.statusCode !== 200;
    if (isRefused) return void refusalIn(response).then((ending) => reader.gone(ending));
    stream = response;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      for (const { event, data } of parser.take(chunk)) if (event !== 'problem') reader.take(data);
    });
    if (isPaused) response.pause();
  });
  request.on('close', () => {
    // A refusal is still being read.
    if (!isRefused) reader.gone();
  });
  return {
    frames: reader.frames,
    ended: reader.ended,
    position: () => parser.lastEventId ?? id,
    acknowledge: (s, seq) => caller.acknowledge(s, seq),
    pause() {
      isPaused = true;
      stream?.pause();
    },
    unpause() {
      isPaused = false;
      stream?.resume();
    },
    drop: () => void request.destroy(),
    close: () => void request.destroy(),
  };
}

transportConformance({ describe, it, beforeEach, afterEach, expect }, () => harness);
