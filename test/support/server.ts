import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const MAIN = path.resolve(__dirname, '../../apps/standalone/dist/main.js');
const START_MS = 20_000;

export interface Keys {
  apiKey: string;
  adminKey: string;
}

export interface ServerOptions {
  /** Kept by the caller; default: a directory of its own, removed by `remove()`. */
  dir?: string;
  /** Of an earlier start on the same directory, which prints none. */
  keys?: Keys;
  /** Default: any free one. */
  port?: number;
  env?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;

  body: any;
}

export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** Default: the API key; `null` sends none. */
  key?: string | null;
}

/** The built server as a process of its own. Nothing of it is known but what the contract promises and it prints. */
export class ServerProcess {
  readonly bootMs: number;
  private constructor(
    readonly child: ChildProcess,
    readonly dir: string,
    readonly port: number,
    readonly keys: Keys,
    readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>,
    private readonly written: { out: string; err: string },
    startedAt: number,
  ) {
    this.bootMs = performance.now() - startedAt;
  }

  static async start(options: ServerOptions = {}): Promise<ServerProcess> {
    const dir = options.dir ?? mkdtempSync(path.join(tmpdir(), 'push-e2e-'));
    const startedAt = performance.now();
    const { child, written, exited } = launch({
      PUSH_PORT: String(options.port ?? 0),
      PUSH_DATABASE_URL: `sqlite:${path.join(dir, 'push.db')}`,
      ...options.env,
    });
    const port = await new Promise<number>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`no listening line after ${START_MS} ms\n${written.out}${written.err}`)),
        START_MS,
      );
      const look = () => {
        const found = /nest-push is listening on http:\/\/[^"\s]*:(\d+)/.exec(written.out);
        if (!found) return;
        clearTimeout(late);
        resolve(Number(found[1]));
      };
      child.stdout?.on('data', look);
      void exited.then(({ code, signal }) => {
        clearTimeout(late);
        reject(new Error(`the server ended at start: code ${code}, signal ${signal}\n${written.out}${written.err}`));
      });
    });
    const keys = options.keys ?? keysIn(written.out);
    return new ServerProcess(child, dir, port, keys, exited, written, startedAt);
  }

  get output(): string {
    return this.written.out + this.written.err;
  }
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get socketUrl(): string {
    return `ws://127.0.0.1:${this.port}/v1/ws`;
  }
  get databaseFile(): string {
    return path.join(this.dir, 'push.db');
  }
  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async call(
    method: string,
    route: string,
    { body, headers, key = this.keys.apiKey }: CallOptions = {},
  ): Promise<Answer> {
    const answer = await fetch(this.url + route, {
      method,
      headers: {
        ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** Publishes and insists on it being accepted; the message's id. */
  async publish(user: string, data: unknown, more: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.call('POST', '/v1/messages', {
      body: { to: { users: [user] }, type: 'test', data, ...more },
    });
    if (answer.status !== 202) throw new Error(`publish answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return (answer.body as { id: string }).id;
  }

  async token(user: string, more: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.call('POST', '/v1/tokens', { body: { user, ...more } });
    if (answer.status !== 201) throw new Error(`tokens answered ${answer.status} ${JSON.stringify(answer.body)}`);
    return (answer.body as { token: string }).token;
  }

  /** Resident memory of the process, bytes. */
  residentBytes(): number {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'));
    return Number(found?.[1]) * 1024;
  }

  /** Resolves when the process is gone. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (this.isRunning) this.child.kill(signal);
    return this.exited;
  }

  /** The same data, keys and port, as an operator would start it again. */
  restart(): Promise<ServerProcess> {
    return ServerProcess.start({ dir: this.dir, keys: this.keys, port: this.port });
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL');
    if (existsSync(this.dir)) rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Runs it to its end: for starts that must fail. */
export async function runToEnd(
  env: Record<string, string>,
  args: string[] = [],
): Promise<{ code: number | null; out: string; err: string }> {
  const { child, written, exited } = launch(env, args);
  const late = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const { code } = await exited;
  clearTimeout(late);
  return { code, ...written };
}

function launch(env: Record<string, string>, args: string[] = []) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PUSH_'));
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()));
  // `close`, not `exit`: everything it printed has arrived.
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  return { child, written, exited };
}

function keysIn(output: string): Keys {
  const [apiKey] = /push_[0-9a-f]{12}_[\w-]{43}/.exec(output) ?? [];
  const [adminKey] = /push_admin_[\w-]{43}/.exec(output) ?? [];
  if (apiKey === undefined) throw new Error(`the first start printed no key:\n${output}`);
  return { apiKey, adminKey: adminKey ?? '' };
}

/** A port nothing listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
