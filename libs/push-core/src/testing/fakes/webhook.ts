import { verifyWebhook, type WebhookVerdict } from '../../providers/webhook/verify.js';
import { FakeHttpServer, type Answer, type FakeServer, type RecordedRequest } from './http2-server.js';
import type { Misbehaviour } from './misbehaviour.js';

export interface FakeWebhookOptions {
  /** `whsec_…`: those that are accepted. */
  readonly secrets: readonly string[];
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Says whether a request is genuine. Default: `verifyWebhook`. */
  readonly verify?: (request: RecordedRequest) => boolean;
  /** Default: a free one. */
  readonly port?: number;
}

export interface ReceivedWebhook {
  /** `webhook-id`. */
  readonly id: string;
  readonly type: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A receiver of webhooks as it should be: it verifies, handles each id once, and answers 204; 401 to what is not genuine. */
export class FakeWebhook implements FakeServer {
  /** Genuine ones, each once. */
  readonly received: ReceivedWebhook[] = [];
  /** Genuine ones that had come before. */
  duplicates = 0;
  private readonly server: FakeHttpServer;
  private readonly seen = new Set<string>();

  private constructor(private readonly options: FakeWebhookOptions) {
    this.server = new FakeHttpServer({
      answer: (request) => this.answer(request),
      ...(options.port !== undefined && { port: options.port }),
    });
  }

  static async listen(options: FakeWebhookOptions): Promise<FakeWebhook> {
    const fake = new FakeWebhook(options);
    await fake.server.listen();
    return fake;
  }

  get url(): string {
    return this.server.url;
  }

  get requests(): readonly RecordedRequest[] {
    return this.server.requests;
  }

  misbehave(next: Misbehaviour, times?: number): void {
    this.server.misbehave(next, times);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  private answer(request: RecordedRequest): Answer {
    if (request.method !== 'POST') return { status: 405 };
    if (!this.isGenuine(request)) return { status: 401 };
    const id = request.headers['webhook-id'] ?? '';
    if (this.seen.has(id)) {
      this.duplicates++;
      return { status: 204 };
    }
    this.seen.add(id);
    this.received.push({ id, ...(JSON.parse(request.body.toString()) as Omit<ReceivedWebhook, 'id'>) });
    return { status: 204 };
  }

  private isGenuine(request: RecordedRequest): boolean {
    const { secrets, verify, now = Date.now } = this.options;
    if (verify) return verify(request);
    const verdict: WebhookVerdict = verifyWebhook(secrets, request.headers, request.body, now());
    return verdict.kind === 'genuine';
  }
}
