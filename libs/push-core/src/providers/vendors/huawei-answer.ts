import type { SendResult } from '../provider.js';
import { codeOf, isObject, judge, listOf, parseJson } from './answer.js';
import type { Answer, Parcel, Reading } from './dialect.js';
import { HMS_CODES, HMS_NONE, HMS_PARTIAL, huaweiReason } from './hms-results.js';
import { toResult, type Codes, type Meaning } from './meaning.js';
import { shareOf } from './names.js';

/**
 * An answer of HMS and of HarmonyOS. What became of single tokens stands in `msg`, as JSON in a text: a list of the bad ones, or with
 * HarmonyOS 5 lists by reason. `listed`: what it means to be on a list without a reason, beside tokens that were taken.
 */
export function readHuawei(
  answer: Answer,
  parcel: Parcel,
  now: number,
  listed: Meaning,
  codes: Codes = HMS_CODES,
): Reading {
  const { items } = parcel;
  if (answer.kind === 'failed') return answer.unauthorized ? 'stale_access' : items.map(() => answer.result);
  const code = codeOf(answer.json.code);
  const id = codeOf(answer.json.requestId);
  const taken = (token: string): SendResult => ({ kind: 'accepted', providerId: shareOf(id, token, parcel) });
  if (code === HMS_PARTIAL || code === HMS_NONE) {
    const bad = badTokens(answer.json.msg, code === HMS_PARTIAL ? listed : 'token_suspect');
    if (bad) {
      const others: SendResult | undefined =
        code === HMS_PARTIAL ? undefined : { kind: 'token_suspect', reason: HMS_NONE };
      return items.map(({ token }) => {
        const found = bad.get(token);
        if (!found) return others ?? taken(token);
        return said(found.meaning, found.reason || code, now);
      });
    }
    // Some were taken, and it cannot be read which.
    if (code === HMS_PARTIAL) return items.map(() => ({ kind: 'unknown_after_write', reason: code }));
  }
  const ruling = judge(answer, code, codes, now);
  if (ruling === 'stale_access') return ruling;
  return items.map(({ token }) => (ruling === 'accepted' ? taken(token) : ruling));
}

function said(meaning: Meaning, reason: string, now: number): SendResult {
  if (meaning === 'accepted' || meaning === 'stale_access') return { kind: 'token_suspect', reason };
  return toResult({ meaning, reason }, now);
}

/** By token. undefined: there is nothing to be read. */
function badTokens(
  msg: unknown,
  listed: Meaning,
): ReadonlyMap<string, { readonly meaning: Meaning; readonly reason: string }> | undefined {
  const detail = typeof msg === 'string' ? parseJson(msg) : msg;
  if (!isObject(detail)) return undefined;
  // Both spellings are about.
  const lists = detail.illegalTokens ?? detail.illegal_tokens;
  const bad = new Map<string, { meaning: Meaning; reason: string }>();
  if (isObject(lists)) {
    for (const [name, tokens] of Object.entries(lists)) {
      const reason = name.trim().slice(0, 64);
      for (const token of listOf(tokens)) bad.set(token, { meaning: huaweiReason(reason), reason });
    }
    return bad;
  }
  if (!Array.isArray(lists) && typeof lists !== 'string') return undefined;
  for (const token of listOf(lists)) bad.set(token, { meaning: listed, reason: '' });
  return bad;
}
