import { createHash } from 'node:crypto';
import type { Answer, RecordedRequest } from '../http2-server.js';
import { FakeVendor, formOf, isText, objectOf, textOf, type FakeVendorOptions, type Json } from './fake-vendor.js';

export interface FakeMeizuOptions extends FakeVendorOptions {
  /** Where the bad ids are told: both have been documented. Default `value`. */
  readonly tells?: 'value' | 'respTarget';
}

/** Meizu's push service: the signature over all fields, sizes and counts are checked. */
export class FakeMeizu extends FakeVendor {
  readonly appId = '100999';
  readonly appSecret = 'meizu-secret-0123456789';
  private count = 0;

  private constructor(private readonly options: FakeMeizuOptions) {
    super(options);
  }

  static listen(options: FakeMeizuOptions = {}): Promise<FakeMeizu> {
    return new FakeMeizu(options).start();
  }

  get credentials(): Readonly<Record<string, string>> {
    const { appId, appSecret, url } = this;
    return { appId, appSecret, endpoint: url };
  }

  protected answer(request: RecordedRequest): Answer {
    if (request.path !== '/garcia/api/server/push/varnished/pushByPushId') return { status: 404 };
    const { sign, ...form } = formOf(request);
    if (form.appId !== this.appId) return said('110000', 'appId');
    const text = Object.entries(form)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('');
    const right = createHash('md5')
      .update(text + this.appSecret)
      .digest('hex');
    return sign === right ? this.take(form) : this.expiredAccess();
  }

  protected expiredAccess(): Answer {
    return said('1006', '签名认证失败');
  }

  private take({ pushIds = '', messageJson }: Readonly<Record<string, string>>): Answer {
    const content = objectOf(messageJson);
    const tokens = pushIds.split(',').filter(Boolean);
    const complaint = complaintOf(content);
    if (complaint) return said('1005', complaint);
    if (tokens.length === 0 || tokens.length > 100) return said('1005', 'pushIds');
    const bad: Record<string, string[]> = {};
    for (const token of tokens) {
      const code = this.verdictOn(token);
      if (code !== undefined) (bad[code] ??= []).push(token);
      else this.show(token, content);
    }
    const msgId = `NS${++this.count}`;
    if (this.options.tells !== 'respTarget')
      return { status: 200, body: { code: '200', message: '', value: bad, msgId } };
    return { status: 200, body: { code: '200', message: '', value: { msgId, respTarget: bad } } };
  }

  private show(token: string, content: Json): void {
    const { title, content: body } = objectOf(content.noticeBarInfo);
    const { parameters } = objectOf(content.clickTypeInfo);
    this.shown.push({
      token,
      title: textOf(title),
      body: textOf(body),
      push: objectOf(objectOf(parameters).push),
      slot: textOf(objectOf(content.advanceInfo).notifyKey),
      content,
    });
  }
}

function complaintOf({ noticeBarInfo, pushTimeInfo, advanceInfo }: Json): string | undefined {
  const { title, content } = objectOf(noticeBarInfo);
  if (!isText(title, 32) || !isText(content, 100)) return 'noticeBarInfo';
  const { offLine, validTime } = objectOf(pushTimeInfo);
  if (offLine === 1 && !(Number.isInteger(validTime) && Number(validTime) >= 1 && Number(validTime) <= 72)) {
    return 'pushTimeInfo';
  }
  const { notifyKey } = objectOf(advanceInfo);
  return notifyKey === undefined || /^[\w-]{1,8}$/.test(textOf(notifyKey)) ? undefined : 'notifyKey';
}

const said = (code: string, message: string): Answer => ({ status: 200, body: { code, message, value: '' } });
