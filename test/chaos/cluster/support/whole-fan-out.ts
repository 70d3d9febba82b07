import type { Fact } from '../../../support/checker.js';

/** Messages that reached some of the devices they were for, and not others. */
export function partlyShown(facts: readonly Fact[]): string[] {
  const wanted = new Map<string, number>();
  const shown = new Map<string, Set<string>>();
  for (const fact of facts) {
    if (fact.kind === 'attempt') wanted.set(fact.message, fact.devices.length);
    if (fact.kind === 'callback') shown.set(fact.message, (shown.get(fact.message) ?? new Set()).add(fact.device));
  }
  return [...shown].filter(([message, devices]) => devices.size !== wanted.get(message)).map(([message]) => message);
}
