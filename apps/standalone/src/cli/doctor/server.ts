import { createServer } from 'node:net';
import type { Config } from '../../config.js';
import { fail, ok, warn, type Finding } from './finding.js';

const ANSWER_MS = 3_000;

interface Ready {
  readonly status?: string;
  readonly degraded?: readonly string[];
  readonly detail?: string;
}

/** Whether a server answers where one should, or could listen there. */
export async function lookAtServer({ host, port }: Config, given?: string): Promise<readonly Finding[]> {
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const base = given ?? `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  const alive = await ask(new URL('/healthz', base));
  if (alive?.status === 200 && (alive.body as Ready | undefined)?.status === 'ok')
    return [ok('port', `a server answers at ${base}`), await readiness(base)];
  if (given !== undefined) return [fail('server', `none answers at ${given}`, 'start it, or correct --url')];
  if (alive) return [fail('port', `${base} is used by something else`, 'end it, or set PUSH_PORT')];
  const code = await tryListen(host, port);
  if (code === undefined) return [ok('port', `${host}:${port} is free`)];
  if (code === 'EADDRINUSE')
    return [fail('port', `${host}:${port} is used by something else`, 'end it, or set PUSH_PORT')];
  return [
    fail('port', `cannot listen on ${host}:${port} (${code})`, 'set PUSH_HOST and PUSH_PORT to what this user may use'),
  ];
}

async function readiness(base: string): Promise<Finding> {
  const ready = await ask(new URL('/readyz', base));
  const { status, degraded = [], detail } = (ready?.body ?? {}) as Ready;
  if (ready?.status === 200 && status === 'ready') return ok('server', 'ready');
  if (ready?.status === 200) return warn('server', `ready, but ${degraded.join(', ')}`, 'see its log');
  return fail('server', `not ready: ${detail ?? `status ${ready?.status ?? 'unknown'}`}`, 'see its log');
}

async function ask(url: URL): Promise<{ status: number; body: unknown } | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return { status: answer.status, body: await answer.json().catch(() => undefined) };
  } catch {
    return undefined;
  }
}

/** What keeps it from listening; undefined when nothing does. */
function tryListen(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
