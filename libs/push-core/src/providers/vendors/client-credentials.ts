import type { SendResult } from '../provider.js';
import { codeOf, judge } from './answer.js';
import type { Answer, Line, Made } from './dialect.js';
import type { Codes } from './meaning.js';

/** OAuth 2.0, `client_credentials`, as Huawei and Honor offer it. */
export async function clientCredentials(line: Line, path: string): Promise<Made> {
  const { clientId = '', clientSecret = '' } = line.credentials;
  const answer = await line.post(path, {
    to: 'auth',
    form: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
  });
  if (answer.kind === 'failed') return { kind: 'failed', result: asAccess(answer.result) };
  const { access_token: value, expires_in: seconds } = answer.json;
  const lasts = Number(seconds);
  if (typeof value === 'string' && value !== '') {
    return { kind: 'made', value, expiresAt: line.now + (lasts > 0 ? lasts : 3600) * 1000 };
  }
  const code = codeOf(answer.json.error) || codeOf(answer.json.sub_error) || codeOf(answer.json.code);
  return { kind: 'failed', result: refusedAccess(answer, code, {}, line.now) };
}

/** No access was given. What is not the vendor's own trouble is the credentials'. */
export function refusedAccess(
  answer: Extract<Answer, { kind: 'answered' }>,
  code: string,
  codes: Codes,
  now: number,
): SendResult {
  const reason = `auth_${code || answer.status}`.slice(0, 40);
  const ruling = judge(answer, code, codes, now);
  const known = Object.hasOwn(codes, code);
  if (typeof ruling === 'object') {
    if (ruling.kind === 'throttled') return { ...ruling, reason };
    if (ruling.kind === 'transient' && (known || answer.status >= 500)) return { ...ruling, reason };
  }
  return { kind: 'config_error', reason };
}

/** Nothing was sent to anybody yet: what failed on the way to access can be tried again without harm. */
export function asAccess(result: SendResult): SendResult {
  switch (result.kind) {
    case 'unknown_after_write':
      return { kind: 'transient', reason: `auth_${result.reason}` };
    case 'payload_error':
      return { kind: 'config_error', reason: `auth_${result.reason}` };
    case 'accepted':
    case 'throttled':
    case 'transient':
    case 'token_invalid':
    case 'token_suspect':
    case 'config_error':
    case 'quota_exhausted':
      return result;
  }
}
