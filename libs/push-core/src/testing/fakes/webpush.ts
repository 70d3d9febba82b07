import { createECDH, randomBytes, type ECDH } from 'node:crypto';
import { FakeHttpServer, type Answer, type FakeServer, type RecordedRequest } from './http2-server.js';
import type { Misbehaviour } from './misbehaviour.js';
import { openWebPush, type OpenWebPush } from './webpush-open.js';
import { vapidComplaint } from './webpush-vapid.js';

export interface FakeWebPushOptions {
  /** Milliseconds since 1970, for the ages of VAPID tokens. Default `Date.now`. */
  readonly now?: () => number;
  /** Reads what arrives. Default: one that follows RFC 8291. */
  readonly open?: OpenWebPush;
  /** TLS with a certificate made on the spot. Default: cleartext. */
  readonly tls?: boolean;
  /** Default: a free one. */
  readonly port?: number;
}

/** What a browser would hand to its page: a device's `token`. */
export interface FakeSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface ReceivedPush {
  readonly endpoint: string;
  /** Seconds. */
  readonly ttl: number;
  readonly urgency: string;
  readonly topic?: string;
  /** The subscriber could not read it where this is undefined; the push service cannot know. */
  readonly plaintext?: Buffer;
  /** The plaintext as JSON, where it is. */
  readonly payload?: unknown;
}

interface Subscriber {
  readonly keys: ECDH;
  readonly auth: Buffer;
  /** What the page gave as `applicationServerKey`. */
  readonly serverKey?: string;
  isGone: boolean;
}

const BODY_BYTES = 4096;
const MAX_TTL_SECONDS = 2_592_000;
const URGENCIES = ['very-low', 'low', 'normal', 'high'];

/**
 * A push service, and the browsers behind it. It checks what real ones check (VAPID signature, audience, expiry and subject, the key a
 * subscription was made with, TTL, Urgency, Topic, encoding, size), answers in Mozilla's words, and reads what arrives.
 */
export class FakeWebPush implements FakeServer {
  /** Taken, in the order of arrival. */
  readonly pushes: ReceivedPush[] = [];
  private readonly subscribers = new Map<string, Subscriber>();
  private readonly server: FakeHttpServer;
  private readonly now: () => number;
  private readonly open: OpenWebPush;

  private constructor(options: FakeWebPushOptions) {
    this.now = options.now ?? Date.now;
    this.open = options.open ?? openWebPush;
    this.server = new FakeHttpServer({
      answer: (request) => this.answer(request),
      expiredKey: () => refusal(401, 109, 'the token has expired'),
      ...(options.tls !== undefined && { tls: options.tls }),
      ...(options.port !== undefined && { port: options.port }),
    });
  }

  static async listen(options: FakeWebPushOptions = {}): Promise<FakeWebPush> {
    const fake = new FakeWebPush(options);
    await fake.server.listen();
    return fake;
  }

  get url(): string {
    return this.server.url;
  }

  /** The certificate to trust, with `tls`. */
  get ca(): string {
    return this.server.ca;
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

  /** A browser subscribes. `serverKey`: its `applicationServerKey`, base64url; without one, any VAPID key will do. */
  subscribe(serverKey?: string): FakeSubscription {
    const id = randomBytes(16).toString('base64url');
    const keys = createECDH('prime256v1');
    const p256dh = keys.generateKeys('base64url');
    const auth = randomBytes(16);
    this.subscribers.set(id, { keys, auth, isGone: false, ...(serverKey !== undefined && { serverKey }) });
    return { endpoint: `${this.url}/push/${id}`, keys: { p256dh, auth: auth.toString('base64url') } };
  }

  /** The user takes the permission back, or uninstalls: 410 from now on. */
  unsubscribe({ endpoint }: Pick<FakeSubscription, 'endpoint'>): void {
    const subscriber = this.subscribers.get(idOf(new URL(endpoint).pathname));
    if (subscriber) subscriber.isGone = true;
  }

  /** What a browser finds that comes online only now: of each topic the newest. */
  pending({ endpoint }: Pick<FakeSubscription, 'endpoint'>): readonly ReceivedPush[] {
    const own = this.pushes.filter((push) => push.endpoint === endpoint);
    return own.filter(
      ({ topic }, index) => topic === undefined || own.findLastIndex((push) => push.topic === topic) === index,
    );
  }

  private answer(request: RecordedRequest): Answer {
    if (request.method !== 'POST') return refusal(405, 102, 'POST is the only method');
    const id = idOf(request.path);
    const subscriber = this.subscribers.get(id);
    if (!subscriber) return refusal(404, 102, 'there is no such endpoint');
    if (subscriber.isGone) return refusal(410, 106, 'the subscription has ended');
    const complaint = this.complaint(request, subscriber);
    if (complaint) return complaint;
    this.pushes.push(this.received(request, subscriber));
    return { status: 201, headers: { location: `${this.url}/message/${this.pushes.length}`, ttl: '0' } };
  }

  private complaint({ headers, body }: RecordedRequest, { serverKey }: Subscriber): Answer | undefined {
    const { ttl, urgency, topic } = headers;
    if (ttl === undefined) return refusal(400, 111, 'TTL is missing');
    if (!/^\d+$/.test(ttl) || Number(ttl) > MAX_TTL_SECONDS) return refusal(400, 112, 'TTL is not a number of seconds');
    if (urgency !== undefined && !URGENCIES.includes(urgency)) return refusal(400, 111, 'Urgency is unknown');
    if (topic !== undefined && !/^[\w-]{1,32}$/.test(topic)) return refusal(400, 113, 'Topic is not base64url');
    const vapid = vapidComplaint(headers.authorization, new URL(this.url).origin, this.now(), serverKey);
    if (vapid) return refusal(vapid.status, 109, vapid.complaint);
    if (body.length === 0) return undefined;
    if (headers['content-encoding'] !== 'aes128gcm') return refusal(400, 101, 'Content-Encoding must be aes128gcm');
    if (body.length > BODY_BYTES) return refusal(413, 104, 'the body is too large');
    return undefined;
  }

  private received({ path, headers, body }: RecordedRequest, { keys, auth }: Subscriber): ReceivedPush {
    const { ttl, urgency = 'normal', topic } = headers;
    const plaintext = attempt(() => this.open(body, keys, auth));
    const payload = plaintext && attempt(() => JSON.parse(plaintext.toString()) as unknown);
    const push = { endpoint: this.url + path, ttl: Number(ttl), urgency };
    return { ...push, ...(topic !== undefined && { topic }), ...(plaintext && { plaintext, payload }) };
  }
}

const idOf = (path: string): string => /^\/push\/([\w-]+)$/.exec(path)?.[1] ?? '';

const refusal = (status: number, errno: number, message: string): Answer => ({
  status,
  body: { code: status, errno, message },
});

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
