import { words } from '../i18n/words';
import { signedInAgain, take } from '../state/session';
import { tenant as shownTenant } from '../state/tenant';
import { say } from '../state/toast';
import { Problem } from './problem';
import type { SessionAnswer } from './types';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Call {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Default: the one that is looked at. */
  readonly tenant?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly stop?: AbortSignal;
}

const ANSWER_WAIT_MS = 30_000;
/** Longer than that nobody waits for a page. */
const LONGEST_WAIT_MS = 20_000;
const PATIENCE = 3;

/**
 * One call. A session that has ended asks to sign in again and then goes on; `429` waits as long as the server says, for it has done
 * nothing. Everything else that is not an answer is thrown as `Problem`.
 */
export async function request<T>(method: Method, path: string, call: Call = {}): Promise<T> {
  const answer = await answered(method, path, call);
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The same for what is no JSON. */
export async function download(path: string, call: Call = {}): Promise<Blob> {
  return (await answered('GET', path, call)).blob();
}

async function answered(method: Method, path: string, call: Call): Promise<Response> {
  for (let turn = 1; ; turn++) {
    const answer = await send(method, path, call);
    if (answer.ok) return answer;
    const problem = await Problem.answered(answer);
    if (answer.status === 401 && !path.startsWith('/console/sign-in') && (await isSignedOut())) {
      await signedInAgain();
      continue;
    }
    const waitMs = problem.retryAfterMs ?? 1000;
    if (answer.status !== 429 || turn >= PATIENCE || waitMs > LONGEST_WAIT_MS || path.startsWith('/console/'))
      throw problem;
    say(words.value.problem.waiting(Math.ceil(waitMs / 1000)), 'plain', waitMs);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    call.stop?.throwIfAborted();
  }
}

async function send(method: Method, path: string, { body, query, tenant, headers, stop }: Call): Promise<Response> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== '') search.set(name, String(value));
  const limit = AbortSignal.timeout(ANSWER_WAIT_MS);
  try {
    return await fetch(path + (search.size === 0 ? '' : `?${search}`), {
      method,
      headers: {
        'X-Push-Console': '1',
        ...(path.startsWith('/v1/') ? { 'X-Tenant': tenant ?? shownTenant.value } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal: stop === undefined ? limit : AbortSignal.any([stop, limit]),
    });
  } catch (error) {
    throw new Problem(error instanceof Error ? error.message : String(error), { code: 'UNREACHABLE' });
  }
}

/** A 401 can also be about what was asked (a wrong password): the session's own answer tells. */
async function isSignedOut(): Promise<boolean> {
  const answer = await send('GET', '/console/session', {});
  if (!answer.ok) return false;
  return !((await answer.json()) as SessionAnswer).signedIn;
}

export async function askSession(): Promise<void> {
  const answer = await send('GET', '/console/session', {});
  if (!answer.ok) throw await Problem.answered(answer);
  take((await answer.json()) as SessionAnswer);
}
