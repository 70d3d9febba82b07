import type { Answer, RecordedRequest } from '../http2-server.js';
import { FakeVendor, formOf, isText, objectOf, type FakeVendorOptions } from './fake-vendor.js';

export interface FakeXiaomiOptions extends FakeVendorOptions {
  /** Channels that exist; with any, `extra.channel_id` must name one. Default: none are asked for. */
  readonly channels?: readonly string[];
}

/** Xiaomi's push service: the secret, the package, sizes and counts are checked. */
export class FakeXiaomi extends FakeVendor {
  readonly appSecret = 'xiaomi-secret-0123456789==';
  readonly packageName = 'com.example.chat';
  private count = 0;

  private constructor(private readonly options: FakeXiaomiOptions) {
    super(options);
  }

  static listen(options: FakeXiaomiOptions = {}): Promise<FakeXiaomi> {
    return new FakeXiaomi(options).start();
  }

  get credentials(): Readonly<Record<string, string>> {
    const { appSecret, packageName, url } = this;
    return { appSecret, packageName, endpoint: url };
  }

  protected answer(request: RecordedRequest): Answer {
    if (request.headers.authorization !== `key=${this.appSecret}`) return this.expiredAccess();
    const form = formOf(request);
    if (form.restricted_package_name !== this.packageName) return failed(22022, 'Invalid package name');
    if (request.path === '/v2/message/revoke') {
      this.revoked.push({ id: form.msg_id ?? '' });
      return { status: 200, body: { result: 'ok', code: 0, data: {}, description: '成功' } };
    }
    return request.path === '/v3/message/regid' ? this.take(form) : { status: 404 };
  }

  protected expiredAccess(): Answer {
    return failed(21301, 'Authentication failed');
  }

  private take(form: Readonly<Record<string, string>>): Answer {
    const tokens = (form.registration_id ?? '').split(',').filter(Boolean);
    const { title, description: body, payload = '', time_to_live: ttl } = form;
    if (form.pass_through !== '0') return failed(10031, 'pass through is closed');
    if (!isText(title, 49) || !isText(body, 127) || Buffer.byteLength(payload) >= 4096)
      return failed(65009, 'too long');
    if (ttl !== undefined && !/^\d+$/.test(ttl)) return failed(10008, 'time_to_live');
    const { channels } = this.options;
    if (channels && !channels.includes(form['extra.channel_id'] ?? '')) return failed(27001, 'channel');
    if (tokens.length === 0 || tokens.length > 1000) return failed(10008, 'registration_id');
    const bad = tokens.filter((one) => this.verdictOn(one) !== undefined);
    if (bad.length === tokens.length) return failed(20301, 'Send message failed: invalid regid');
    for (const token of tokens) {
      if (bad.includes(token)) continue;
      this.shown.push({ token, title, body, push: objectOf(payload).push, slot: form.notify_id, content: form });
    }
    const data = { id: `sdm${++this.count}`, ...(bad.length > 0 && { bad_regids: bad.join(',') }) };
    return { status: 200, body: { result: 'ok', trace_id: 't', code: 0, data, description: '成功' } };
  }
}

const failed = (code: number, reason: string): Answer => ({
  status: 200,
  body: { result: 'error', code, reason, description: reason, trace_id: 't' },
});
