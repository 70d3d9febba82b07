import { createHmac, randomUUID } from 'node:crypto';
import type { Clock, Timer } from 'push-core';
import type { HttpPool } from 'push-core/providers';
import type { Notice } from './alarm-board.js';

export interface PostSettings {
  readonly url: string;
  /** Undefined: not signed. */
  readonly secret?: Uint8Array;
  readonly node: string;
}

const DEADLINE_MS = 10_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Notices that wait for the webhook; beyond it the oldest are let go. */
const MOST_WAITING = 200;

interface Letter {
  readonly id: string;
  readonly body: string;
}

/**
 * Brings notices to the webhook, one after the other, in their order. One that is not taken (anything but 2xx) is tried again, under the same id, with pauses
 * that grow to five minutes, for as long as the process lives.
 */
export class AlarmPost {
  private readonly waiting: Letter[] = [];
  private sending?: Promise<void>;
  private timer?: Timer;
  private pauseMs = 0;
  private isClosed = false;

  constructor(
    private readonly settings: PostSettings,
    private readonly http: Pick<HttpPool, 'request'>,
    private readonly clock: Clock,
    /** Told once when it is not taken, and once when it is again. */
    private readonly changed: (trouble: string | undefined) => void = () => undefined,
  ) {}

  put(notice: Notice): void {
    this.waiting.push({ id: `alarm_${randomUUID()}`, body: bodyOf(notice, this.settings.node) });
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
    if (!this.timer) this.send();
  }

  get length(): number {
    return this.waiting.length;
  }

  /** What is under way has its answer; what waits is let go. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.timer?.cancel();
    await this.sending;
  }

  private send(): void {
    this.sending ??= this.sendAll().finally(() => (this.sending = undefined));
  }

  private async sendAll(): Promise<void> {
    for (let letter = this.waiting[0]; letter && !this.isClosed; letter = this.waiting[0]) {
      const trouble = await this.post(letter);
      if (trouble !== undefined) return this.later(trouble);
      if (this.pauseMs > 0) this.changed(undefined);
      this.pauseMs = 0;
      if (this.waiting[0] === letter) this.waiting.shift();
    }
  }

  private later(trouble: string): void {
    if (this.pauseMs === 0) this.changed(trouble);
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, this.pauseMs * 2 || FIRST_PAUSE_MS);
    if (this.isClosed) return;
    this.timer = this.clock.after(this.pauseMs, () => {
      this.timer = undefined;
      this.send();
    });
  }

  private async post({ id, body }: Letter): Promise<string | undefined> {
    const { url, secret } = this.settings;
    const result = await this.http.request({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        ...headersOf(id, Math.floor(this.clock.now() / 1000), body, secret),
      },
      body,
      deadlineMs: DEADLINE_MS,
      protocol: 'any',
      trust: 'guest',
      lane: 'alarms',
    });
    switch (result.kind) {
      case 'answered':
        return result.status >= 200 && result.status < 300 ? undefined : `it answered ${result.status}`;
      case 'forbidden':
        return `its address is not admitted (${result.reason}); PUSH_EGRESS_ALLOW admits more`;
      case 'refused':
      case 'unknown':
        return result.reason;
    }
  }
}

/** Standard Webhooks: signed are the id, the time and the body. */
function headersOf(id: string, seconds: number, body: string, secret: Uint8Array | undefined): Record<string, string> {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds) };
  if (!secret) return headers;
  const signature = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

const MARKS = { fired: '🔴', still: '🟠', resolved: '🟢' } as const;

/** `text` is what Slack and its kin show; the rest is for programs. */
function bodyOf({ kind, rule, severity, about, text, since, at }: Notice, node: string): string {
  const name = about === '' ? rule : `${rule} (${about})`;
  const said = kind === 'resolved' ? `over after ${minutes(at - since)}` : text;
  const still = kind === 'still' ? `, for ${minutes(at - since)}` : '';
  return JSON.stringify({
    type: `alarm.${kind}`,
    timestamp: new Date(at).toISOString(),
    text: `${MARKS[kind]} nest-push, node ${node}: ${name}${still}: ${said}`,
    data: { alarm: rule, about: about || undefined, severity, node, summary: text, since, at },
  });
}

const minutes = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
