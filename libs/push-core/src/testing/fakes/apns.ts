import { createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { checkHeaders, checkPayload, MAX_AGE_MS, no, type Refusal } from './apns-checks.js';
import { FakeHttpServer, type Answer, type FakeServer, type RecordedRequest } from './http2-server.js';
import type { Misbehaviour } from './misbehaviour.js';
import { readJwt } from './read-jwt.js';

export interface FakeApnsOptions {
  /** Default `production`. Tokens registered for the other are unknown here. */
  readonly environment?: 'production' | 'sandbox';
  /** Default `com.example.app`. */
  readonly topic?: string;
  /** TLS with a certificate of its own (`ca`). Default: HTTP/2 in cleartext. */
  readonly tls?: boolean;
  /** Unix milliseconds; what JWTs are dated by. Default: the machine's. */
  readonly now?: () => number;
  /** `all` (default): every well-formed token is somebody's. `registered`: only those that `register` was told of. */
  readonly knows?: 'all' | 'registered';
  /** Credentials of another fake, so that two of them are the two environments of one account. */
  readonly account?: FakeApnsAccount;
}

export interface FakeApnsAccount {
  readonly teamId: string;
  readonly keyId: string;
  /** PEM. */
  readonly key: string;
  readonly topic: string;
}

export interface FakeApnsNotification {
  readonly token: string;
  readonly id: string;
  readonly topic: string;
  readonly pushType: string;
  readonly priority: number;
  readonly expiration: number;
  readonly collapseId?: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly at: number;
}

interface Token {
  readonly environment?: string;
  readonly topic?: string;
  readonly goneSince?: number;
  readonly reason?: 'Unregistered' | 'ExpiredToken';
}

const JWT_PAUSE_MS = 1_200_000;

/** Apple's push service, as far as a client of it can tell: checks JWT, headers, sizes and tokens, and answers in Apple's words. */
export class FakeApns implements FakeServer {
  /** Taken, in their order: the last 10,000. */
  readonly notifications: FakeApnsNotification[] = [];
  readonly account: FakeApnsAccount;
  readonly server: FakeHttpServer;
  private readonly tokens = new Map<string, Token>();
  private readonly publicKey: KeyObject;
  private readonly now: () => number;
  private jwt?: { readonly text: string; readonly since: number };
  private revoked = false;

  constructor(private readonly options: FakeApnsOptions = {}) {
    this.now = options.now ?? Date.now;
    this.account = options.account ?? newAccount(options.topic ?? 'com.example.app');
    this.publicKey = createPublicKey(this.account.key);
    this.server = new FakeHttpServer({
      tls: options.tls,
      offers: 'h2',
      firstStreams: 1,
      maxStreams: 1000,
      answer: (request) => this.answer(request),
      expiredKey: () => no(403, 'ExpiredProviderToken'),
    });
  }

  get url(): string {
    return this.server.url;
  }

  get requests(): readonly RecordedRequest[] {
    return this.server.requests;
  }

  /** The certificate to trust; empty without TLS. */
  get ca(): string {
    return this.server.ca;
  }

  /** What a tenant would set to reach this one. */
  get credentials(): FakeApnsAccount & { readonly environment: 'production' | 'sandbox'; readonly endpoint: string } {
    return { ...this.account, environment: this.options.environment ?? 'production', endpoint: this.url };
  }

  async listen(): Promise<this> {
    await this.server.listen();
    return this;
  }

  misbehave(next: Misbehaviour, times?: number): void {
    this.server.misbehave(next, times);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  register(token: string, of: { readonly environment?: 'production' | 'sandbox'; readonly topic?: string } = {}): void {
    this.tokens.set(token, of);
  }

  /** The app was removed at that time (Unix milliseconds). */
  unregister(token: string, since = this.now(), reason: 'Unregistered' | 'ExpiredToken' = 'Unregistered'): void {
    this.tokens.set(token, { goneSince: since, reason });
  }

  /** The key is taken back: every JWT of it is refused. */
  revokeKey(): void {
    this.revoked = true;
  }

  private answer(request: RecordedRequest): Answer {
    const refusal = this.judge(request);
    const id = request.headers['apns-id'];
    if (refusal) return { ...refusal, headers: { ...(id && { 'apns-id': id }) } };
    return { status: 200, headers: { 'apns-id': this.take(request) } };
  }

  private judge(request: RecordedRequest): Refusal | undefined {
    if (request.method !== 'POST') return no(405, 'MethodNotAllowed');
    const path = /^\/3\/device\/([^/]*)$/.exec(request.path);
    if (!path) return no(404, 'BadPath');
    return (
      this.judgeJwt(request.headers.authorization) ??
      checkHeaders(request.headers) ??
      checkPayload(request.body, request.headers['apns-push-type']) ??
      this.judgeToken(path[1] as string, request.headers['apns-topic'] as string)
    );
  }

  private judgeJwt(authorization: string | undefined): Refusal | undefined {
    const text = /^bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (text === undefined) return no(403, 'MissingProviderToken');
    if (this.jwt?.text === text && !this.revoked) return this.judgeAge(text);
    const jwt = readJwt(text, this.publicKey, 'ES256');
    if (!jwt || this.revoked) return no(403, 'InvalidProviderToken');
    const { teamId, keyId } = this.account;
    if (jwt.header.kid !== keyId || jwt.claims.iss !== teamId) return no(403, 'InvalidProviderToken');
    const old = this.judgeAge(text);
    if (old) return old;
    const now = this.now();
    if (this.jwt && now - this.jwt.since < JWT_PAUSE_MS) return no(429, 'TooManyProviderTokenUpdates');
    this.jwt = { text, since: now };
    return undefined;
  }

  private judgeAge(text: string): Refusal | undefined {
    const { iat } = JSON.parse(Buffer.from(text.split('.')[1] as string, 'base64url').toString()) as { iat: unknown };
    if (typeof iat !== 'number' || !Number.isInteger(iat)) return no(403, 'InvalidProviderToken');
    const age = this.now() - iat * 1000;
    return age > MAX_AGE_MS || age < -60_000 ? no(403, 'ExpiredProviderToken') : undefined;
  }

  private judgeToken(text: string, topic: string): Refusal | undefined {
    const environment = this.options.environment ?? 'production';
    if (text === '') return no(400, 'MissingDeviceToken');
    const token = this.tokens.get(text);
    if (!/^(?:[0-9a-f]{2}){32,100}$/i.test(text) || /^0+$/.test(text)) return no(400, 'BadDeviceToken');
    if (!token && this.options.knows === 'registered') return no(400, 'BadDeviceToken');
    if ((token?.environment ?? environment) !== environment) return no(400, 'BadDeviceToken');
    if (token?.goneSince !== undefined) {
      return { status: 410, body: { reason: token.reason ?? 'Unregistered', timestamp: token.goneSince } };
    }
    if (token?.topic !== undefined && token.topic !== topic) return no(400, 'DeviceTokenNotForTopic');
    return topic === this.account.topic || token?.topic === topic ? undefined : no(400, 'TopicDisallowed');
  }

  private take({ path, headers, body }: RecordedRequest): string {
    const id = headers['apns-id'] ?? randomUUID();
    this.notifications.push({
      token: path.slice('/3/device/'.length),
      id,
      topic: headers['apns-topic'] as string,
      pushType: headers['apns-push-type'] as string,
      priority: Number(headers['apns-priority'] ?? 10),
      expiration: Number(headers['apns-expiration'] ?? 0),
      collapseId: headers['apns-collapse-id'],
      payload: JSON.parse(body.toString()) as Record<string, unknown>,
      at: this.now(),
    });
    if (this.notifications.length > 10_000) this.notifications.shift();
    return id;
  }
}

function newAccount(topic: string): FakeApnsAccount {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { teamId: 'TEAM567890', keyId: 'KEY4567890', key, topic };
}
