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
const SKEW_MS = 10 * 60_000;

export interface FakeHonorOptions extends FakeVendorOptions {
  /** What success is called: sources differ. Default 200. */
  readonly success?: 200 | '80000000';
}

/** Honor's push service with its OAuth. `condemn(token, 'expireTokens')` or `'failTokens'` puts a token on that list. */
export class FakeHonor extends FakeVendor {
  readonly appId = '104423301';
  readonly clientId = 'honor-client';
  readonly clientSecret = 'honor-secret-0123456789';

  private constructor(private readonly options: FakeHonorOptions) {
    super(options);
  }

  static listen(options: FakeHonorOptions = {}): Promise<FakeHonor> {
    return new FakeHonor(options).start();
  }

  get credentials(): Readonly<Record<string, string>> {
    const { appId, clientId, clientSecret, url } = this;
    return { appId, clientId, clientSecret, endpoint: url, authEndpoint: url };
  }

  protected answer(request: RecordedRequest): Answer {
    if (request.path === '/auth/token') return this.giveToken(formOf(request));
    if (!this.hasAccess(bearerOf(request), HOUR_MS)) return this.expiredAccess();
    if (Math.abs(Number(request.headers.timestamp) - this.now()) > SKEW_MS) return said('80100001', 'timestamp', 400);
    if (request.path !== `/api/v1/${this.appId}/sendMessage`) return said('80300002', 'no permission', 403);
    return this.take(jsonOf(request));
  }

  protected expiredAccess(): Answer {
    return said('80200003', 'token expired', 401);
  }

  private giveToken({ grant_type, client_id, client_secret }: Readonly<Record<string, string>>): Answer {
    if (grant_type !== 'client_credentials' || client_id !== this.clientId || client_secret !== this.clientSecret) {
      return { status: 400, body: { error: 'invalid_client' } };
    }
    return { status: 200, body: { access_token: this.giveAccess(), expires_in: 3600 } };
  }

  private take({ token, ...content }: Json): Answer {
    const tokens = textsIn(token);
    const { notification, ttl } = objectOf(content.android);
    const { title, body, importance, notifyId } = objectOf(notification);
    if (!/^\d{1,7}s$/.test(textOf(ttl)) || parseInt(textOf(ttl), 10) > 1_296_000) return said('80100003', 'ttl', 400);
    if (notification !== undefined) {
      const isWhole = isText(title, 200) && isText(body, 4096) && Number.isInteger(notifyId);
      if (!isWhole || !['LOW', 'NORMAL'].includes(textOf(importance))) return said('80100003', 'notification', 400);
    }
    if (Buffer.byteLength(JSON.stringify(content)) > 4096) return said('80300008', 'too long', 400);
    if (tokens.length === 0 || tokens.length > 1000) return said('80300010', 'token count', 400);
    const failTokens = tokens.filter((one) => this.verdictOn(one) === 'failTokens');
    const expireTokens = tokens.filter((one) => this.verdictOn(one) === 'expireTokens');
    const good = tokens.filter((one) => this.verdictOn(one) === undefined);
    for (const one of good) this.show(one, content);
    const data = { sendResult: good.length > 0, requestId: `h${Math.random()}`, failTokens, expireTokens };
    if (good.length === 0) return { status: 200, body: { code: '80300007', message: 'invalid tokens', data } };
    return { status: 200, body: { code: this.options.success ?? 200, message: 'Success', data } };
  }

  private show(token: string, content: Json): void {
    const { title, body, notifyId } = objectOf(objectOf(content.android).notification);
    this.shown.push({
      token,
      content,
      push: objectOf(content.data).push,
      ...(title !== undefined && { title: textOf(title), body: textOf(body), slot: textOf(notifyId) }),
    });
  }
}

const said = (code: string, message: string, status = 200): Answer => ({ status, body: { code, message } });
