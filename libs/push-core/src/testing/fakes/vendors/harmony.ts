import { constants, generateKeyPairSync, verify } from 'node:crypto';
import type { Answer, RecordedRequest } from '../http2-server.js';
import {
  bearerOf,
  FakeVendor,
  isText,
  jsonOf,
  objectOf,
  textOf,
  textsIn,
  type FakeVendorOptions,
  type Json,
} from './fake-vendor.js';

const BODY_BYTES = 4096;
const DAY_SECONDS = 24 * 3600;
const AUDIENCE = 'https://oauth-login.cloud.huawei.com/oauth2/v3/token';

export interface FakeHarmonyOptions extends FakeVendorOptions {
  /** How the account's JWTs are to be signed. Default PS256. */
  readonly algorithm?: 'PS256' | 'RS256';
}

/** HarmonyOS' Push Kit, v3: the JWT, its signature, its claims and their ages are checked; bad tokens are told by reason. */
export class FakeHarmony extends FakeVendor {
  readonly projectId = '101653523863';
  readonly clientId = '5765880207854';
  /** Why no token of the project is any good now, in Huawei's words: `disableSendHuaweiMsgBecauseOfPenalty`. */
  refusesAll: string | undefined;
  /** JWTs issued at this second or before are too old. */
  private expiredAt = 0;
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });

  private constructor(private readonly options: FakeHarmonyOptions) {
    super(options);
  }

  static listen(options: FakeHarmonyOptions = {}): Promise<FakeHarmony> {
    return new FakeHarmony(options).start();
  }

  get credentials(): Readonly<Record<string, string>> {
    return {
      project_id: this.projectId,
      key_id: 'k-1',
      sub_account: '116892607',
      private_key: this.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      token_uri: AUDIENCE,
      client_id: this.clientId,
      endpoint: this.url,
      ...(this.options.algorithm && { algorithm: this.options.algorithm }),
    };
  }

  override expireAccess(): void {
    this.expiredAt = Math.floor(this.now() / 1000);
  }

  protected answer(request: RecordedRequest): Answer {
    const complaint = this.complaintOfToken(bearerOf(request) ?? '');
    if (complaint) return complaint;
    const [, version, app, what] = request.path.split('/');
    if (version === 'v1' && what === 'messages:revoke') return this.revoke(app ?? '', jsonOf(request));
    if (version !== 'v3' || what !== 'messages:send') return { status: 404 };
    if (app !== this.projectId) return said('80200001', 'Authentication Error', 401);
    return this.take(jsonOf(request), request.headers['push-type'] ?? '');
  }

  protected expiredAccess(): Answer {
    return said('80200005', 'Jwt token expired', 401);
  }

  private complaintOfToken(token: string): Answer | undefined {
    const [head = '', claims = '', signature = ''] = token.split('.');
    const [header, { iss, aud, iat, exp }] = [decoded(head), decoded(claims)];
    const algorithm = this.options.algorithm ?? 'PS256';
    const padding = algorithm === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    const isSigned = verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      { key: this.keys.publicKey, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
      Buffer.from(signature, 'base64url'),
    );
    const isOurs = header.alg === algorithm && header.kid === 'k-1' && iss === '116892607' && aud === AUDIENCE;
    if (!isSigned || !isOurs) return said('80200001', 'Authentication Error', 401);
    if (Number(exp) - Number(iat) > DAY_SECONDS) return said('80300036', 'JWT expire period over threshold', 400);
    const seconds = this.now() / 1000;
    return seconds >= Number(exp) || Number(iat) <= this.expiredAt ? this.expiredAccess() : undefined;
  }

  private take({ payload, target, pushOptions }: Json, type: string): Answer {
    const tokens = textsIn(objectOf(target).token);
    const complaint = complaintOf(objectOf(payload), type);
    if (complaint) return said('80100003', `Illegal payload, ${complaint}`, 400);
    if (Number(objectOf(pushOptions).ttl ?? 1) <= 0) return said('80100004', 'Illegal expire time', 400);
    const content = { payload, pushOptions };
    if (Buffer.byteLength(JSON.stringify(content)) > BODY_BYTES) return said('80300008', 'too long', 400);
    if (tokens.length === 0 || tokens.length > 1000) return said('80300010', 'token count', 400);
    const reasons = new Map(tokens.map((one) => [one, this.refusesAll ?? this.verdictOn(one)]));
    const good = tokens.filter((one) => reasons.get(one) === undefined);
    for (const one of good) this.show(one, objectOf(payload), content);
    if (good.length === tokens.length) return said('80000000', 'Success');
    const illegalTokens: Record<string, string[]> = {};
    for (const [one, reason] of reasons) if (reason !== undefined) (illegalTokens[reason] ??= []).push(one);
    const failure = tokens.length - good.length;
    if (good.length === 0) return said('80300007', JSON.stringify({ failure, illegalTokens }));
    return said('80100000', JSON.stringify({ illegalTokens, success: good.length, failure }));
  }

  private show(token: string, payload: Json, content: unknown): void {
    const { title, body, notifyId, clickAction } = objectOf(payload.notification);
    const data = payload.extraData ?? objectOf(clickAction).data;
    this.shown.push({
      token,
      content,
      push: objectOf(data).push,
      ...(title !== undefined && { title: textOf(title), body: textOf(body), slot: textOf(notifyId) }),
    });
  }

  private revoke(app: string, { notifyId, token }: Json): Answer {
    if (app !== this.clientId) return said('80300002', 'No permission', 400);
    for (const one of textsIn(token)) this.revoked.push({ token: one, id: textOf(notifyId) });
    return said('80000000', 'Success');
  }
}

function complaintOf(payload: Json, type: string): string | undefined {
  if (type === '6') return typeof payload.extraData === 'string' ? undefined : 'extraData';
  if (type !== '0') return 'The header does not contain valid push-type';
  const { title, body, clickAction, notifyId } = objectOf(payload.notification);
  if (!isText(title, 1024) || !isText(body, 4096)) return 'title and body';
  if (typeof objectOf(clickAction).actionType !== 'number') return 'clickAction';
  return Number.isInteger(notifyId) ? undefined : 'notifyId';
}

const decoded = (part: string): Json => objectOf(Buffer.from(part, 'base64url').toString());

function said(code: string, msg: string, status = 200): Answer {
  return { status, body: { code, msg, requestId: `1${Math.floor(Math.random() * 1e15)}` } };
}
