import type { EraseOutcome, ErasedCounts } from 'push-core';
import type { Steps } from './steps.js';

/** One step of a phase. `after`: where the phase goes on; absent: it is over. */
export interface PhaseStep {
  readonly counts?: Partial<ErasedCounts>;
  readonly after?: string;
  readonly isBusy?: boolean;
}

/** Takes up where the phase was left, `''` at its beginning. */
export type Phase = (after: string) => Steps<PhaseStep>;

/** A step of the phase that `from` names, and what comes next: phases are done one after the other. */
export function* stepThrough(phases: Readonly<Record<string, Phase>>, from: string | undefined): Steps<EraseOutcome> {
  const names = Object.keys(phases);
  const [name = names[0] as string, after = ''] = from === undefined ? [] : (JSON.parse(from) as [string, string]);
  const { counts = {}, after: next, isBusy } = yield* (phases[name] as Phase)(after);
  const following = next === undefined ? names[names.indexOf(name) + 1] : name;
  return {
    counts,
    ...(following !== undefined && { next: JSON.stringify([following, next ?? '']) }),
    ...(isBusy && { isBusy }),
  };
}
