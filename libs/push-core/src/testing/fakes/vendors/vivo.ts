import { createHash } from 'node:crypto';
import type { Answer, RecordedRequest } from '../http2-server.js';
import { FakeVendor, jsonOf, objectOf, textOf, textsIn, type FakeVendorOptions, type Json } from './fake-vendor.js';

const DAY_MS = 24 * 3600_000;
const SKEW_MS = 10 * 60_000;

/** vivo's push service: signatures, ages, widths and counts are checked; what comes again with the same `requestId` is not shown again. */
export class FakeVivo extends FakeVendor {
  readonly appId = '10004';
  readonly appKey = 'vivo-key';
  readonly appSecret = 'vivo-secret-0123456789';
  private readonly tasks = new Map<string, Json>();
  private readonly known = new Map<string, string>();

  static listen(options: FakeVendorOptions = {}): Promise<FakeVivo> {
    return new FakeVivo(options).start();
  }

  get credentials(): Readonly<Record<string, string>> {
    const { appId, appKey, appSecret, url } = this;
    return { appId, appKey, appSecret, endpoint: url };
  }

  protected answer(request: RecordedRequest): Answer {
    const body = jsonOf(request);
    if (request.path === '/message/auth') return this.giveToken(body);
    if (!this.hasAccess(request.headers.authtoken, DAY_MS)) return this.expiredAccess();
    if (request.path === '/message/send') return this.takeOne(body);
    if (request.path === '/message/saveListPayload') return this.save(body);
    return request.path === '/message/pushToList' ? this.pushToList(body) : { status: 404 };
  }

  protected expiredAccess(): Answer {
    return said(10000, 'authentication failed');
  }

  private giveToken({ appId, appKey, timestamp, sign }: Json): Answer {
    const text = `${textOf(appId)}${textOf(appKey)}${textOf(timestamp)}${this.appSecret}`;
    const isSigned = createHash('md5').update(text).digest('hex') === sign;
    if (appId !== this.appId || appKey !== this.appKey || !isSigned) return said(10003, 'sign');
    if (Math.abs(Number(timestamp) - this.now()) > SKEW_MS) return said(10004, 'timestamp');
    return said(0, 'ok', { authToken: this.giveAccess() });
  }

  private takeOne(message: Json): Answer {
    const { regId, requestId, ...content } = message;
    const complaint = complaintOf(content, requestId);
    if (complaint) return complaint;
    const token = textOf(regId);
    const bad = this.verdictOn(token);
    if (bad !== undefined) {
      if (/^\d{5}$/.test(bad)) return said(Number(bad), 'refused');
      return said(10302, 'regId', { invalidUser: { status: statusOf(bad), userid: token } });
    }
    const name = textOf(requestId);
    const before = this.known.get(name);
    if (before !== undefined) return said(0, 'ok', { taskId: before });
    const taskId = `vivo-${this.known.size + 1}`;
    this.known.set(name, taskId);
    this.show(token, content);
    return said(0, 'ok', { taskId });
  }

  private save({ requestId, ...content }: Json): Answer {
    const complaint = complaintOf(content, requestId);
    if (complaint) return complaint;
    const taskId = `list-${this.tasks.size + 1}`;
    this.tasks.set(taskId, content);
    return said(0, 'ok', { taskId });
  }

  private pushToList({ regIds, taskId, requestId }: Json): Answer {
    const tokens = textsIn(regIds);
    const content = this.tasks.get(textOf(taskId));
    if (tokens.length < 2 || tokens.length > 1000 || !content || textOf(requestId) === '') return said(10252, 'list');
    const invalidUsers = tokens.flatMap((token) => {
      const bad = this.verdictOn(token);
      return bad === undefined ? [] : [{ status: statusOf(bad), userid: token }];
    });
    for (const token of tokens) if (this.verdictOn(token) === undefined) this.show(token, content);
    return said(0, 'ok', { invalidUsers });
  }

  private show(token: string, content: Json): void {
    const { title, content: body, clientCustomMap } = content;
    const push = objectOf(objectOf(clientCustomMap).push);
    this.shown.push({ token, title: textOf(title), body: textOf(body), push, content });
  }
}

function complaintOf(content: Json, requestId: unknown): Answer | undefined {
  const { title, content: body, classification, timeToLive, clientCustomMap } = content;
  if (textOf(requestId) === '' || textOf(requestId).length > 64) return said(10200, 'requestId');
  if (!isWide(title, 40) || !isWide(body, 100)) return said(10201, 'title and content');
  if (classification !== 0 && classification !== 1) return said(10201, 'classification');
  if (!(Number(timeToLive) >= 60 && Number(timeToLive) <= 604_800)) return said(10201, 'timeToLive');
  const extras = objectOf(clientCustomMap);
  if (JSON.stringify(extras).length > 1024 || Object.values(extras).some((one) => typeof one !== 'string')) {
    return said(10201, 'clientCustomMap');
  }
  return undefined;
}

/** What stands on a list of invalid users: a status, 1 where the token was condemned by another word. */
const statusOf = (bad: string): number => (/^\d$/.test(bad) ? Number(bad) : 1);

/** Chinese characters are two wide. */
function isWide(value: unknown, most: number): boolean {
  if (typeof value !== 'string' || value.trim() === '') return false;
  return [...value].reduce((width, one) => width + ((one.codePointAt(0) ?? 0) < 128 ? 1 : 2), 0) <= most;
}

const said = (result: number, desc: string, more?: Json): Answer => ({ status: 200, body: { result, desc, ...more } });
