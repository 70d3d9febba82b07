import type { RunningServer } from '../../../apps/standalone/src/server.js';
import { readConfig } from '../../../apps/standalone/src/config.js';
import { createLog } from '../../../apps/standalone/src/log.js';
import { startServer } from '../../../apps/standalone/src/server.js';

/** The standalone server in this process; everything in memory unless told otherwise. */
export async function consoleServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const outcome = readConfig({ PUSH_PORT: '0', PUSH_DATABASE_URL: 'memory:', PUSH_ADMIN_KEY: ADMIN_KEY, ...env });
  if (!outcome.ok) throw new Error(outcome.errors.join('\n'));
  return startServer(outcome.config, createLog({ level: 'silent' }, false), '0.0.0');
}

export const ADMIN_KEY = 'k'.repeat(32);

export interface ConsoleAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

/** A browser on the console: keeps the cookies it is given, and says what the console's pages say. */
export class ConsoleBrowser {
  readonly jar = new Map<string, string>();
  /** What was set, as it was set. */
  readonly set: string[] = [];

  constructor(readonly url: string) {}

  get cookie(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async call(
    method: string,
    path: string,
    { body, headers }: { body?: unknown; headers?: Record<string, string | undefined> } = {},
  ): Promise<ConsoleAnswer> {
    const all: Record<string, string | undefined> = {
      'X-Push-Console': '1',
      'Sec-Fetch-Site': 'same-origin',
      Cookie: this.jar.size > 0 ? this.cookie : undefined,
      'Content-Type': body === undefined ? undefined : 'application/json',
      ...headers,
    };
    const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const answer = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: Object.fromEntries(given),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    for (const cookie of answer.headers.getSetCookie()) this.take(cookie);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: isJson(answer.headers) ? JSON.parse(text) : text };
  }

  signIn(name: string, password: string, code?: string): Promise<ConsoleAnswer> {
    return this.call('POST', '/console/sign-in', { body: { name, password, ...(code ? { code } : {}) } });
  }

  private take(cookie: string): void {
    this.set.push(cookie);
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (/Max-Age=0/.test(cookie)) this.jar.delete(name);
    else this.jar.set(name, value);
  }
}

const isJson = (headers: Headers): boolean => /\/(problem\+)?json/.test(headers.get('content-type') ?? '');
