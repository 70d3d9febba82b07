import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { servePoll } from 'push-core/http';
import {
  transportConformance,
  type ConnectOptions,
  type TransportClient,
  type TransportHarness,
} from 'push-core/testing';
import type { PushFrame, ServerFrame } from 'push-core/wire';
import { FrameReader } from './support/frame-reader.js';
import { HttpCaller, refusalIn } from './support/http-client.js';
import { httpSite, textOf } from './support/http-site.js';

interface Answer {
  entries: PushFrame[];
  events?: ServerFrame[];
  cursor: string;
}

const harness: TransportHarness = {
  traits: {
    name: 'poll',
    acknowledges: 'on return',
    resends: 'on return',
    remembers: true,
    window: false,
    carries: ['skip', 'gap', 'recall', 'read', 'signal'],
    goodbye: 'when to return',
  },
  open: (push) =>
    httpSite(
      push,
      (request, response, query, { identity, device }, refuse) =>
        servePoll(push, request, response, { identity, device, after: query.get('after') ?? undefined, refuse }),
      (url, options) => new PollClient(url, options),
    ),
};

/** Polls again with the cursor of the last answer once all of it was acknowledged, or at once where there was nothing to. */
class PollClient implements TransportClient {
  private readonly reader = new FrameReader();
  readonly frames = this.reader.frames;
  readonly ended = this.reader.ended;
  private readonly caller: HttpCaller;
  private request?: ClientRequest;
  private cursor: string | undefined;
  /** Of the answer in hand: what is not acknowledged, the last of each stream. */
  private readonly owed = new Map<string, number>();
  private unread?: IncomingMessage;
  private isPaused = false;
  private isOver = false;

  constructor(url: string, options: ConnectOptions) {
    this.caller = new HttpCaller(url, options);
    this.cursor = options.resume as string | undefined;
    this.poll();
  }

  acknowledge(s: string, seq: number): void {
    const last = this.owed.get(s);
    if (last === undefined) return;
    if (seq < last) return this.caller.acknowledge(s, seq);
    this.owed.delete(s);
    if (this.owed.size === 0) this.poll();
  }

  position(): unknown {
    return this.cursor;
  }

  pause(): void {
    this.isPaused = true;
  }

  unpause(): void {
    this.isPaused = false;
    if (this.unread) void this.read(this.unread);
    this.unread = undefined;
  }

  drop(): void {
    this.isOver = true;
    this.request?.destroy();
    this.reader.gone();
  }

  close(): void {
    this.drop();
  }

  private poll(): void {
    if (this.isOver) return;
    let isAnswered = false;
    this.request = this.caller.get(this.cursor === undefined ? {} : { after: this.cursor }, {}, (response) => {
      isAnswered = true;
      if (this.isPaused) this.unread = response;
      else void this.read(response);
    });
    this.request.on('close', () => {
      if (!isAnswered) this.reader.gone();
    });
  }

  private async read(response: IncomingMessage): Promise<void> {
    if (response.statusCode !== 200) {
      this.isOver = true;
      return this.reader.gone(await refusalIn(response));
    }
    const { entries, events = [], cursor } = JSON.parse(await textOf(response)) as Answer;
    if (this.isOver) return;
    this.cursor = cursor;
    for (const entry of entries) this.owed.set(entry.s, entry.seq);
    for (const frame of [...events, ...entries]) this.reader.take(JSON.stringify(frame));
    if (this.owed.size === 0) this.poll();
  }
}

transportConformance({ describe, it, beforeEach, afterEach, expect }, () => harness);
