import type { ProviderTraits } from '../providers/provider.js';
import type { ReasonCode } from '../receipts/reasons.js';
import type { Rule, Situation, Verdict } from './policy.js';
import { quietUntil } from './quiet-hours.js';
import { settle, type Settled } from './rules.js';
import { openings } from './vendor-hours.js';

/** Where no rule says otherwise. */
export const DEFAULT_DAMPING = Object.freeze({ count: 3, windowMs: 60_000 });

/**
 * Whether one device is told of one message, when and how; pure. The order is that of the reasons: whatever can never be sent comes before what
 * is only put off, the user's wishes before those of the vendors, and damping last, for it counts only what would have been sent.
 */
export function decideFor(
  situation: Situation,
  rules: readonly Rule[],
  traits: (provider: string) => ProviderTraits | undefined,
): Verdict {
  if (situation.now >= situation.expiresAt) return suppress('expired');
  const rule = settle(situation, rules);
  if (rule.says.never) return suppress('rule', rule.by.never);
  return byUser(situation, rule) ?? byWay(situation, rule, traits);
}

/** What the user wants. */
function byUser(situation: Situation, { says, by, first }: Settled): Verdict | undefined {
  const { now, preferences, thread, category } = situation;
  const breaksMutes = says.urgent ?? situation.mentioned;
  if (!breaksMutes) {
    if (isMuted(preferences.mutedThreads, thread, now)) return suppress('muted_thread', first);
    if (isMuted(preferences.mutedCategories, category, now)) return suppress('muted_category', first);
  }
  if (!preferences.quietHours || says.urgent) return undefined;
  const until = quietUntil(now, preferences.quietHours, situation.timeZone);
  if (until === undefined) return undefined;
  if (says.inQuietHours === 'drop') return suppress('quiet_hours', by.inQuietHours);
  return delay(situation, until, 'quiet_hours', by.inQuietHours ?? first);
}

/** What the ways to the device permit, and how often. */
function byWay(situation: Situation, rule: Settled, traits: (provider: string) => ProviderTraits | undefined): Verdict {
  const { says, by, first } = rule;
  if (situation.providers.length === 0) return suppress('no_token', first);
  const wanted = channelsOf(situation.providers, says.channels);
  if (wanted.length === 0) return suppress('rule', by.channels);
  const known = wanted.filter((channel) => traits(channel) !== undefined);
  if (known.length === 0) return suppress('no_provider', first);

  const messageClass = says.messageClass ?? 'marketing';
  const { open, next } = openings(situation.now, known, messageClass, traits);
  if (open.length === 0) return delay(situation, next ?? situation.expiresAt, 'outside_hours', by.messageClass);

  const until = dampedUntil(situation, rule);
  if (until !== undefined) return delay(situation, until, 'damped', by.damping ?? first);
  const digest = situation.held === 'damped' && situation.thread !== undefined;
  return { kind: 'send', channels: open, spread: says.spread ?? 'first', messageClass, digest, rule: first };
}

/**
 * Looked at once: what was put off for this is told of when it comes up again, however much was sent meanwhile. Otherwise a thread
 * that never rests would never be told of. Likewise what is tried again after a provider failed: it is counted already, as itself.
 */
function dampedUntil(situation: Situation, { says }: Settled): number | undefined {
  const damping = says.damping ?? DEFAULT_DAMPING;
  if (damping === 'off' || situation.thread === undefined || !isFirstLook(situation.held)) return undefined;
  const { count, last } = situation.recent(damping.windowMs);
  return count < damping.count ? undefined : Math.max((last ?? situation.now) + damping.windowMs, situation.now + 1);
}

/** Hours are looked at before damping: what they put off has not come as far as that. */
const isFirstLook = (held: ReasonCode | undefined): boolean =>
  held === undefined || held === 'quiet_hours' || held === 'outside_hours';

function channelsOf(providers: readonly string[], named: readonly string[] | undefined): readonly string[] {
  if (!named) return [...new Set(providers)];
  return [...new Set(named)].filter((channel) => providers.includes(channel));
}

function isMuted(mutes: Readonly<Record<string, number>> | undefined, name: string | undefined, now: number): boolean {
  if (!mutes || name === undefined || !Object.hasOwn(mutes, name)) return false;
  const until = mutes[name] ?? 0;
  return until === 0 || until > now;
}

const suppress = (reason: ReasonCode, rule?: string): Verdict => ({ kind: 'suppress', reason, rule });

/** What would be put off beyond its life is never sent: better said at once, with the reason that will have been the cause. */
function delay(situation: Situation, until: number, reason: ReasonCode, rule?: string): Verdict {
  return until >= situation.expiresAt ? suppress(reason, rule) : { kind: 'delay', until, reason, rule };
}
