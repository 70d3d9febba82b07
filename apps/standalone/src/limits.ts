import { DEFAULT_LIMITS, LIMITS, type Limits } from 'push-core';
import { nearest } from './nearest.js';

type LimitName = keyof Limits;

const PREFIX = 'PUSH_LIMIT_';
/** The longest time a timer can be set to; plenty for everything else. */
const MOST = 2 ** 31 - 1;

/** `framesPerSecond` → `PUSH_LIMIT_FRAMES_PER_SECOND` */
export const limitVariable = (name: string): string =>
  PREFIX + name.replaceAll(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase();

/** Every limit of the engine, by its variable. */
export const LIMIT_VARIABLES: ReadonlyMap<string, LimitName> = new Map(
  (Object.keys(DEFAULT_LIMITS) as LimitName[]).map((name) => [limitVariable(name), name]),
);

/** What a limit counts, as its name says. */
export function unitOf(name: string): 'milliseconds' | 'bytes' | 'a second' | 'count' {
  if (name.endsWith('Ms')) return 'milliseconds';
  if (/Bytes$/.test(name)) return 'bytes';
  return name.endsWith('PerSecond') ? 'a second' : 'count';
}

const mostOf = (name: LimitName): number => (name === 'windowEntries' ? LIMITS.windowEntries : MOST);

export interface LimitsRead {
  readonly limits: Partial<Limits>;
  /** Each with its variable and the remedy. */
  readonly errors: readonly string[];
}

/** Takes what begins with `PUSH_LIMIT_`. Unlike other variables, an unknown one can only be a mistake. */
export function readLimits(environment: Readonly<Record<string, string | undefined>>): LimitsRead {
  const limits: Partial<Limits> = {};
  const errors: string[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (!isLimitVariable(variable) || value === undefined) continue;
    const name = LIMIT_VARIABLES.get(variable);
    if (name === undefined) errors.push(`${variable}: there is no such limit; the nearest is ${nearestTo(variable)}`);
    else if (isWhole(value, mostOf(name))) limits[name] = Number(value);
    else errors.push(`${variable}: ${JSON.stringify(value)} is no limit; give a whole number${range(name)}`);
  }
  return { limits, errors };
}

export const isLimitVariable = (variable: string): boolean => variable.startsWith(PREFIX);

const nearestTo = (variable: string): string => nearest(variable, [...LIMIT_VARIABLES.keys()], Infinity) ?? '';

const isWhole = (value: string, most: number): boolean =>
  /^\d{1,10}$/.test(value) && Number(value) >= 1 && Number(value) <= most;

function range(name: LimitName): string {
  const unit = unitOf(name);
  return `${unit === 'count' ? '' : unit === 'a second' ? ' a second' : ` of ${unit}`} from 1 to ${mostOf(name)}`;
}
