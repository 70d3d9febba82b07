import type { Rule, RuleMatch, Situation } from './policy.js';

/**
 * Behind every tenant's own rules. Vendors give conversations a class of its own, without a daily share and without hours, and penalise an
 * app that sells in it: all of its messages then stop. So a message is `im` only where it looks like one; any other has the class that is safe.
 */
export const DEFAULT_RULES: readonly Rule[] = Object.freeze([
  { name: 'default: chat', when: { type: 'chat.*' }, messageClass: 'im' },
  { name: 'default: im', when: { category: 'im' }, messageClass: 'im' },
] as const);

type Effect = Omit<Rule, 'name' | 'when'>;

/** What all rules that match say together, and which of them said it. */
export interface Settled {
  readonly says: Effect;
  /** The rule a field comes from. */
  readonly by: Readonly<Partial<Record<keyof Effect, string>>>;
  /** The tenant's first rule that matches. */
  readonly first?: string;
}

/** The first rule that matches counts for each field it sets. */
export function settle(situation: Situation, rules: readonly Rule[]): Settled {
  const says: Record<string, unknown> = {};
  const by: Record<string, string> = {};
  let first: string | undefined;
  const add = (rule: Rule): void => {
    for (const [field, value] of Object.entries(rule)) {
      if (field === 'name' || field === 'when' || value === undefined || field in says) continue;
      says[field] = value;
      by[field] = rule.name;
    }
  };
  for (const rule of rules) {
    if (!matches(rule.when, situation)) continue;
    first ??= rule.name;
    add(rule);
  }
  for (const rule of DEFAULT_RULES) if (matches(rule.when, situation)) add(rule);
  return { says, by, first };
}

function matches(when: RuleMatch | undefined, situation: Situation): boolean {
  if (!when) return true;
  return (
    fits(when.type, situation.type) &&
    fits(when.category, situation.category) &&
    fits(when.platform, situation.platform) &&
    (when.priority === undefined || when.priority === situation.priority) &&
    (when.presence === undefined || when.presence === situation.presence) &&
    (when.mentioned === undefined || when.mentioned === situation.mentioned)
  );
}

function fits(wanted: string | readonly string[] | undefined, value: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (value === undefined) return false;
  return typeof wanted === 'string' ? fitsOne(wanted, value) : wanted.some((one) => fitsOne(one, value));
}

const fitsOne = (wanted: string, value: string): boolean =>
  wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
