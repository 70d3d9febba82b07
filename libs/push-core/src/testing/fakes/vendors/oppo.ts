import { createHash } from 'node:crypto';
import type { Answer, RecordedRequest } from '../http2-server.js';
import { FakeVendor, formOf, isText, objectOf, textOf, type FakeVendorOptions, type Json } from './fake-vendor.js';

const DAY_MS = 24 * 3600_000;
const SKEW_MS = 10 * 60_000;
const BAD_ID = '10000';

/** OPPO's push service: signatures, ages, sizes and counts are checked; what comes again with the same name is not shown again. */
export class FakeOppo extends FakeVendor {
  readonly appKey = 'oppo-key';
  readonly masterSecret = 'oppo-master-0123456789';
  private readonly known = new Map<string, string>();

  static listen(options: FakeVendorOptions = {}): Promise<FakeOppo> {
    return new FakeOppo(options).start();
  }

  get credentials(): Readonly<Record<string, string>> {
    const { appKey, masterSecret, url } = this;
    return { appKey, masterSecret, endpoint: url };
  }

  protected answer(request: RecordedRequest): Answer {
    const form = formOf(request);
    if (request.path === '/server/v1/auth') return this.giveToken(form);
    if (!this.hasAccess(form.auth_token, DAY_MS)) return this.expiredAccess();
    if (request.path.endsWith('/notification/unicast')) return this.takeOne(objectOf(form.message));
    if (!request.path.endsWith('/notification/unicast_batch')) return { status: 404 };
    const list: unknown = objectOf(form.messages);
    if (!Array.isArray(list) || list.length === 0 || list.length > 1000) return said(41, 'messages');
    return said(
      0,
      'success',
      list.map((one) => this.takeInBatch(objectOf(one))),
    );
  }

  protected expiredAccess(): Answer {
    return said(11, 'Invalid AuthToken');
  }

  private giveToken({ app_key, timestamp = '', sign }: Readonly<Record<string, string>>): Answer {
    const right = createHash('sha256')
      .update(this.appKey + timestamp + this.masterSecret)
      .digest('hex');
    if (app_key !== this.appKey || sign !== right) return said(14, 'Invalid sign');
    if (Math.abs(Number(timestamp) - this.now()) > SKEW_MS) return said(14, 'Invalid timestamp');
    return said(0, 'success', { auth_token: this.giveAccess(), create_time: this.now() });
  }

  private takeOne(message: Json): Answer {
    const outcome = this.take(message);
    return outcome.code === '0' ? said(0, 'success', { messageId: outcome.id }) : said(Number(outcome.code), 'refused');
  }

  private takeInBatch(message: Json): Json {
    const registrationId = textOf(message.target_value);
    const { code, id } = this.take(message);
    if (code === '0') return { registrationId, messageId: id };
    return { registrationId, errorCode: Number(code), errorMessage: 'refused' };
  }

  private take({ target_type: type, target_value: target, notification }: Json): { code: string; id: string } {
    const token = textOf(target);
    const content = objectOf(notification);
    const { title, content: body, app_message_id: name, action_parameters: parameters } = content;
    if (type !== 2 || token === '') return { code: '40', id: '' };
    if (!isText(title, 50) || !isText(body, 200) || textOf(parameters).length > 4000) return { code: '41', id: '' };
    const bad = this.verdictOn(token);
    if (bad !== undefined) return { code: /^-?\d+$/.test(bad) ? bad : BAD_ID, id: '' };
    const before = this.known.get(`${textOf(name)} ${token}`);
    if (before !== undefined) return { code: '0', id: before };
    const id = `oppo-${this.known.size + 1}`;
    this.known.set(`${textOf(name)} ${token}`, id);
    this.shown.push({
      token,
      title: textOf(title),
      body: textOf(body),
      push: objectOf(parameters).push,
      content,
    });
    return { code: '0', id };
  }
}

const said = (code: number, message: string, data?: unknown): Answer => ({
  status: 200,
  body: { code, message, data },
});
