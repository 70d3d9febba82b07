import type { Readings } from './readings.js';
import type { Finding, Rule } from './rules.js';

/** What people are told: that it began, that it is still so, that it is over. */
export interface Notice {
  readonly kind: 'fired' | 'still' | 'resolved';
  readonly rule: string;
  readonly severity: Rule['severity'];
  readonly about: string;
  readonly text: string;
  /** When it began. Unix milliseconds. */
  readonly since: number;
  readonly at: number;
}

/** Who is still in trouble is told again after. */
const AGAIN_MS = 4 * 3600_000;
/** What the readings before are compared with is so old. */
const LOOK_BACK_MS = 5 * 60_000;

interface Kept {
  readonly finding: Finding;
  /** Bad without a break since. */
  readonly badSince: number;
  /** Told since. */
  readonly firedAt?: number;
  readonly toldAt: number;
  /** Good without a break since. */
  readonly goodSince?: number;
}

/**
 * Each thing a rule is about is one of:
 *
 *   quiet      bad      → suspected
 *   suspected  bad for `forMs` → firing: told once.  Not bad → quiet
 *   firing     good for `clearMs` → quiet: told that it is over.  Between good and bad nothing changes.  Every four hours: told again
 */
export class AlarmBoard {
  private readonly kept = new Map<string, Kept>();
  private readonly history: Readings[] = [];

  constructor(private readonly rules: readonly Rule[]) {}

  judge(now: Readings): readonly Notice[] {
    this.history.push(now);
    while ((this.history[1]?.at ?? Infinity) <= now.at - LOOK_BACK_MS) this.history.shift();
    const before = this.history[0] as Readings;
    return this.rules.flatMap((rule) => {
      const found = new Map(rule.judge(now, before).map((finding) => [finding.about, finding]));
      const known = [...this.kept.keys()].flatMap((key) => (key.startsWith(`${rule.name} `) ? [key] : []));
      const abouts = new Set([...found.keys(), ...known.map((key) => key.slice(rule.name.length + 1))]);
      return [...abouts].flatMap((about) => this.judgeOne(rule, about, found.get(about), now.at) ?? []);
    });
  }

  private judgeOne(rule: Rule, about: string, finding: Finding | undefined, at: number): Notice | undefined {
    const key = `${rule.name} ${about}`;
    const kept = this.kept.get(key);
    const verdict = finding?.verdict ?? 'good';
    const notice = (kind: Notice['kind'], { finding: { text }, badSince: since }: Kept): Notice => {
      const { name, severity } = rule;
      return { kind, rule: name, severity, about, text, since, at };
    };
    if (kept?.firedAt === undefined) {
      if (verdict !== 'bad' || !finding) return void this.kept.delete(key);
      const badSince = kept?.badSince ?? at;
      const isTime = at - badSince >= rule.forMs;
      const next: Kept = { finding, badSince, toldAt: at, firedAt: isTime ? at : undefined };
      this.kept.set(key, next);
      return isTime ? notice('fired', next) : undefined;
    }
    if (verdict === 'good') {
      const goodSince = kept.goodSince ?? at;
      if (at - goodSince >= rule.clearMs) {
        this.kept.delete(key);
        return notice('resolved', kept);
      }
      return void this.kept.set(key, { ...kept, goodSince });
    }
    const told = finding && verdict === 'bad' ? finding : kept.finding;
    const isTime = at - kept.toldAt >= AGAIN_MS;
    const next: Kept = { ...kept, finding: told, goodSince: undefined, toldAt: isTime ? at : kept.toldAt };
    this.kept.set(key, next);
    return isTime ? notice('still', next) : undefined;
  }
}
