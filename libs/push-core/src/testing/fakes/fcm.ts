import { createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { fcmError, judgeMessage, type FcmMessage } from './fcm-checks.js';
import { FakeHttpServer, type Answer, type FakeServer, type RecordedRequest } from './http2-server.js';
import type { Misbehaviour } from './misbehaviour.js';
import { readJwt } from './read-jwt.js';

export interface FakeFcmOptions {
  /** Default `example-app`. */
  readonly project?: string;
  /** Unix milliseconds; what assertions and access tokens are dated by. Default: the machine's. */
  readonly now?: () => number;
  /** `all` (default): every well-formed token is somebody's. `registered`: only those that `register` was told of. */
  readonly knows?: 'all' | 'registered';
  readonly tls?: boolean;
}

export interface FakeFcmServiceAccount {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  /** PEM. */
  readonly private_key: string;
  readonly client_email: string;
}

export interface FakeFcmNotification {
  readonly token: string;
  readonly name: string;
  readonly message: FcmMessage;
  readonly at: number;
}

const HOUR_MS = 3_600_000;
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Google's token service and FCM HTTP v1 on one port: checks assertions, access tokens, messages and registration tokens. */
export class FakeFcm implements FakeServer {
  /** Taken, in their order: the last 10,000. */
  readonly notifications: FakeFcmNotification[] = [];
  readonly serviceAccount: FakeFcmServiceAccount;
  readonly server: FakeHttpServer;
  /** Access tokens given out. */
  accessTokens = 0;
  private readonly publicKey: KeyObject;
  private readonly access = new Map<string, number>();
  private readonly tokens = new Map<string, 'live' | 'gone' | 'other_project'>();
  private readonly now: () => number;
  private serial = 0;

  constructor(private readonly options: FakeFcmOptions = {}) {
    this.now = options.now ?? Date.now;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.publicKey = createPublicKey(privateKey);
    const project = options.project ?? 'example-app';
    this.serviceAccount = {
      type: 'service_account',
      project_id: project,
      private_key_id: 'fake-key-1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      client_email: `push@${project}.iam.gserviceaccount.com`,
    };
    this.server = new FakeHttpServer({
      tls: options.tls,
      answer: (request) => this.answer(request),
      expiredKey: () => fcmError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
    });
  }

  get url(): string {
    return this.server.url;
  }

  get requests(): readonly RecordedRequest[] {
    return this.server.requests;
  }

  /** What a tenant would set to reach this one. */
  get credentials(): {
    readonly serviceAccount: FakeFcmServiceAccount;
    readonly endpoint: string;
    readonly authEndpoint: string;
  } {
    return { serviceAccount: this.serviceAccount, endpoint: this.url, authEndpoint: `${this.url}/token` };
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

  register(token: string): void {
    this.tokens.set(token, 'live');
  }

  unregister(token: string): void {
    this.tokens.set(token, 'gone');
  }

  /** The token was made for another sender. */
  registerElsewhere(token: string): void {
    this.tokens.set(token, 'other_project');
  }

  /** Access tokens given out so far are worth nothing from now on. */
  expireAccess(): void {
    this.access.clear();
  }

  private answer(request: RecordedRequest): Answer {
    if (request.path === '/token') return this.authorize(request);
    const project = /^\/v1\/projects\/([^/]+)\/messages:send$/.exec(request.path)?.[1];
    if (request.method !== 'POST' || project === undefined) return { status: 404, body: 'Not Found' };
    const expiresAt = this.access.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (expiresAt === undefined || expiresAt <= this.now()) {
      return fcmError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    }
    if (decodeURIComponent(project) !== this.serviceAccount.project_id) {
      return fcmError(403, 'PERMISSION_DENIED', 'Permission denied on the project, or it may not exist.');
    }
    return this.send(request.body);
  }

  private authorize({ method, headers, body }: RecordedRequest): Answer {
    const wrong = (error: string): Answer => ({ status: 400, body: { error, error_description: error } });
    if (method !== 'POST' || headers['content-type']?.split(';')[0] !== 'application/x-www-form-urlencoded') {
      return wrong('invalid_request');
    }
    const form = new URLSearchParams(body.toString());
    if (form.get('grant_type') !== GRANT) return wrong('unsupported_grant_type');
    const jwt = readJwt(form.get('assertion') ?? '', this.publicKey, 'RS256');
    if (!jwt) return wrong('invalid_grant');
    const { iss, aud, scope, iat, exp } = jwt.claims;
    const now = this.now() / 1000;
    const dated =
      typeof iat === 'number' && typeof exp === 'number' && exp - iat <= 3600 && exp > now && iat < now + 60;
    if (!dated || iss !== this.serviceAccount.client_email || aud !== `${this.url}/token`)
      return wrong('invalid_grant');
    if (scope !== SCOPE) return wrong('invalid_scope');
    const value = `ya29.${randomBytes(24).toString('base64url')}`;
    this.accessTokens++;
    this.access.set(value, this.now() + HOUR_MS);
    return { status: 200, body: { access_token: value, expires_in: 3600, token_type: 'Bearer' } };
  }

  private send(body: Buffer): Answer {
    const judged = judgeMessage(body);
    if (judged.kind === 'refused') return judged.answer;
    const { message, validateOnly } = judged;
    const standing = this.tokens.get(message.token) ?? (this.options.knows === 'registered' ? 'gone' : 'live');
    if (standing === 'gone') {
      return fcmError(404, 'NOT_FOUND', 'Requested entity was not found.', 'UNREGISTERED');
    }
    if (standing === 'other_project') {
      return fcmError(403, 'PERMISSION_DENIED', 'SenderId mismatch', 'SENDER_ID_MISMATCH');
    }
    const name = `projects/${this.serviceAccount.project_id}/messages/0:${++this.serial}`;
    if (!validateOnly) {
      this.notifications.push({ token: message.token, name, message, at: this.now() });
      if (this.notifications.length > 10_000) this.notifications.shift();
    }
    return { status: 200, body: { name } };
  }
}
