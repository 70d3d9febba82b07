import type { StandaloneApp } from './standalone-app.js';
import type { Names } from './sample-request.js';

export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface Seeded {
  readonly tenant: string;
  /** Key by role. */
  readonly keys: Readonly<Record<'admin' | 'publisher' | 'reader', string>>;
  readonly clientToken: string;
  /** What there is, by the name it has in paths, queries and bodies. */
  readonly names: Names;
}

/** In everything of tenant `a` that is shown to nobody else. */
export const CANARY = 'canary7f3a';

const USER = 'same-user';
const DEVICE = 'same-device';
const TOPIC = 'same-topic';
const THREAD = 'same-thread';
/** How long an event stream or a poll is listened to. */
const LISTEN_MS = 300;

export class TwoTenants {
  a!: Seeded;
  b!: Seeded;

  private constructor(readonly app: StandaloneApp) {}

  /** Tenants `a` and `b` with the same names for everything; what is in `a` carries the canary. */
  static async in(app: StandaloneApp): Promise<TwoTenants> {
    const two = new TwoTenants(app);
    two.a = await two.seed('a', CANARY);
    two.b = await two.seed('b', 'harmless');
    return two;
  }

  async call(
    method: string,
    path: string,
    { body, bearer, headers = {} }: { body?: unknown; bearer?: string; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), LISTEN_MS + 5_000);
    try {
      const answer = await fetch(this.app.url + path, {
        method,
        redirect: 'manual',
        signal: ending.signal,
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
          ...headers,
        },
        body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: answer.status, text: await textOf(answer) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Everything that the tenant's own administrator sees: nothing of it may change because of somebody else. */
  async state({ keys, names, tenant }: Seeded): Promise<string> {
    const paths = [
      ...['/v1/keys', '/v1/notifications/dead', `/v1/tenants/${tenant}/providers`, `/v1/tenants/${tenant}/policy`],
      ...[`/v1/tenants/${tenant}/issuers`, `/v1/users/${USER}/devices`, `/v1/users/${USER}/inbox`],
      ...[`/v1/users/${USER}/preferences`, `/v1/topics/${TOPIC}/subscribers`, `/v1/messages/${String(names.message)}`],
    ];
    const seen: string[] = [];
    for (const path of paths) {
      const { status, text } = await this.call('GET', path, { bearer: keys.admin });
      seen.push(`${path} ${status} ${text}`);
    }
    const { limits, suspendedAt, issuers } = JSON.parse(
      (await this.call('GET', `/v1/tenants/${tenant}`, { bearer: keys.admin })).text,
    ) as Record<string, unknown>;
    return [...seen, JSON.stringify({ limits, suspendedAt, issuers })].join('\n');
  }

  private async seed(tenant: string, mark: string): Promise<Seeded> {
    const server = { bearer: this.app.adminKey, headers: { 'X-Tenant': tenant } };
    await this.ask('POST', '/v1/tenants', { bearer: this.app.adminKey, body: { id: tenant, name: mark } });
    const key = async (role: string) =>
      (await this.ask('POST', '/v1/keys', { ...server, body: { role, name: mark } })) as { key: string; id: string };
    const [admin, publisher, reader, spare] = [
      await key('admin'),
      await key('publisher'),
      await key('reader'),
      await key('reader'),
    ];
    const own = { bearer: admin.key };
    await this.ask('PUT', `/v1/users/${USER}/devices/${DEVICE}`, {
      ...own,
      body: { platform: mark, appVersion: mark },
    });
    await this.ask('PUT', `/v1/topics/${TOPIC}/subscribers/${USER}`, own);
    await this.ask('PUT', `/v1/topics/${TOPIC}/subscribers/${mark}`, own);
    await this.ask('PUT', `/v1/users/${USER}/preferences`, { ...own, body: { mutedThreads: { [mark]: 0 } } });
    await this.ask('PUT', `/v1/tenants/${tenant}/policy`, { ...own, body: { templates: { [mark]: { en: mark } } } });
    const message = { to: { users: [USER] }, type: mark, thread: THREAD, data: { mark } };
    const { id } = (await this.ask('POST', '/v1/messages', {
      ...own,
      body: message,
      headers: { 'Idempotency-Key': 'same' },
    })) as { id: string };
    const { token } = (await this.ask('POST', '/v1/tokens', {
      ...own,
      body: { user: USER, device: DEVICE, topics: [TOPIC] },
    })) as { token: string };
    return {
      tenant,
      keys: { admin: admin.key, publisher: publisher.key, reader: reader.key },
      clientToken: token,
      names: {
        ...{ tenant, user: USER, device: DEVICE, topic: TOPIC, thread: THREAD, message: id, confirm: tenant },
        ...{ key: spare.id, provider: 'webhook', s: '@me', seq: 1, waitMs: 0, roleOfKey: 'reader' },
      },
    };
  }

  private async ask(
    method: string,
    path: string,
    options: { body?: unknown; bearer?: string; headers?: Record<string, string> },
  ): Promise<unknown> {
    const { status, text } = await this.call(method, path, options);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }
}

/** Of a stream that does not end, what comes in the first moment. */
async function textOf(answer: Response): Promise<string> {
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return answer.text();
  const reader = answer.body?.getReader();
  if (!reader) return '';
  let text = '';
  const over = new Promise<{ done: true; value: undefined }>((resolve) =>
    setTimeout(() => resolve({ done: true, value: undefined }), LISTEN_MS),
  );
  for (;;) {
    const { done, value } = await Promise.race([reader.read(), over]);
    if (done) break;
    text += Buffer.from(value).toString();
  }
  await reader.cancel().catch(() => {});
  return text;
}
