import type { Answer, RecordedRequest } from '../http2-server.js';
import {
  bearerOf,
  FakeVendor,
  formOf,
  isText,
  jsonOf,
  objectOf,
  textOf,
  textsIn,
  type FakeVendorOptions,
  type Json,
} from './fake-vendor.js';

const HOUR_MS = 3600_000;
const BODY_BYTES = 4096;

export interface FakeHmsOptions extends FakeVendorOptions {
  /** How the list of bad tokens is spelled; both have been seen. Default `illegal_tokens`. */
  readonly spelling?: 'illegal_tokens' | 'illegalTokens';
}

/** Huawei's Push Kit, v1, with its OAuth: access, sizes, counts and the form of a message are checked. */
export class FakeHms extends FakeVendor {
  readonly appId = '104212345';
  readonly clientSecret = 'hms-secret-0123456789';
  /** The app is penalised: no token is any good to Huawei. */
  isPenalised = false;

  private constructor(private readonly options: FakeHmsOptions) {
    super(options);
  }

  static listen(options: FakeHmsOptions = {}): Promise<FakeHms> {
    return new FakeHms(options).start();
  }

  get credentials(): Readonly<Record<string, string>> {
    const { appId, clientSecret, url } = this;
    return { appId, clientSecret, endpoint: url, authEndpoint: url };
  }

  protected answer(request: RecordedRequest): Answer {
    if (request.path === '/oauth2/v3/token') return this.giveToken(formOf(request));
    if (!this.hasAccess(bearerOf(request), HOUR_MS)) return this.expiredAccess();
    const [, version, app, what] = request.path.split('/');
    if (version !== 'v1' || !what) return { status: 404 };
    // Another project's address with this project's access.
    if (app !== this.appId) return said('80300002', 'No permission to send message to these tmIDs', 400);
    if (what === 'messages:revoke') return this.revoke(jsonOf(request));
    return what === 'messages:send' ? this.take(jsonOf(request)) : { status: 404 };
  }

  protected expiredAccess(): Answer {
    return said('80200003', 'Access token expired', 401);
  }

  private giveToken({ grant_type, client_id, client_secret }: Readonly<Record<string, string>>): Answer {
    if (grant_type !== 'client_credentials' || client_id !== this.appId || client_secret !== this.clientSecret) {
      return { status: 400, body: { error: 1101, sub_error: 20001, error_description: 'invalid client' } };
    }
    return { status: 200, body: { access_token: this.giveAccess(), expires_in: 3600, token_type: 'Bearer' } };
  }

  private take({ message: sent }: Json): Answer {
    const message = objectOf(sent);
    const { token, ...content } = message;
    const tokens = textsIn(token);
    const complaint = complaintOf(content);
    if (complaint) return said('80100003', `Illegal payload, ${complaint}`, 400);
    if (Buffer.byteLength(JSON.stringify(content)) > BODY_BYTES) return said('80300008', 'The size is too long', 400);
    if (tokens.length === 0 || tokens.length > 1000) return said('80300010', 'token count', 400);
    const bad = this.isPenalised ? tokens : tokens.filter((one) => this.verdictOn(one) !== undefined);
    const good = tokens.filter((one) => !bad.includes(one));
    for (const one of good) this.show(one, content);
    if (bad.length === 0) return said('80000000', 'Success');
    if (good.length === 0) return said('80300007', 'All the tokens are invalid');
    const detail = { success: good.length, failure: bad.length, [this.options.spelling ?? 'illegal_tokens']: bad };
    return said('80100000', JSON.stringify(detail));
  }

  private show(token: string, content: Json): void {
    const { title, body, notify_id: slot } = objectOf(objectOf(content.android).notification);
    this.shown.push({
      token,
      content,
      push: objectOf(content.data).push,
      ...(title !== undefined && { title: textOf(title), body: textOf(body), slot: textOf(slot) }),
    });
  }

  private revoke({ notifyId, token }: Json): Answer {
    if (typeof notifyId !== 'number') return said('80100003', 'Illegal payload, notifyId', 400);
    for (const one of textsIn(token)) this.revoked.push({ token: one, id: String(notifyId) });
    return said('80000000', 'Success');
  }
}

function complaintOf({ android, data }: Json): string | undefined {
  const { notification, urgency, ttl, collapse_key: collapseKey } = objectOf(android);
  if (!['HIGH', 'NORMAL'].includes(textOf(urgency))) return 'urgency';
  if (!/^\d{1,7}s$/.test(textOf(ttl)) || parseInt(textOf(ttl), 10) > 1_296_000) return 'ttl';
  if (typeof collapseKey !== 'number' || collapseKey < -1 || collapseKey > 100) return 'collapse_key';
  if (typeof data !== 'string') return 'data must be a text';
  if (notification === undefined) return undefined;
  const { title, body, click_action: action, notify_id: slot } = objectOf(notification);
  if (!isText(title, 200) || !isText(body, 4096)) return 'title and body';
  if (objectOf(action).type !== 3) return 'click_action';
  return Number.isInteger(slot) && Number(slot) < 2 ** 31 ? undefined : 'notify_id';
}

function said(code: string, msg: string, status = 200): Answer {
  return { status, body: { code, msg, requestId: `1${Math.floor(Math.random() * 1e15)}` } };
}
