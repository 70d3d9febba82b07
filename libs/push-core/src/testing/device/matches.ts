/** Jest's and Vitest's `expect.any(…)`, `expect.stringContaining(…)` and the like. */
interface Asymmetric {
  asymmetricMatch(actual: unknown): boolean;
}

/**
 * Whether `actual` has everything that stands in `pattern`: of an object the fields it names, of an array every element in
 * its place, of a text what a regular expression finds in it; anything else is the same value.
 */
export function matches(actual: unknown, pattern: unknown): boolean {
  if (isAsymmetric(pattern)) return pattern.asymmetricMatch(actual);
  if (pattern instanceof RegExp) return typeof actual === 'string' && new RegExp(pattern).test(actual);
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(actual) &&
      actual.length === pattern.length &&
      pattern.every((one, i) => matches((actual as unknown[])[i], one))
    );
  }
  if (!isObject(pattern)) return Object.is(actual, pattern);
  return isObject(actual) && Object.entries(pattern).every(([name, one]) => matches(actual[name], one));
}

/** How much of the pattern is there, from 0 to 1: to find what was meant among what came. */
export function likeness(actual: unknown, pattern: unknown): number {
  if (matches(actual, pattern)) return 1;
  if (!isObject(pattern) || !isObject(actual) || isAsymmetric(pattern)) return 0;
  const parts = Object.entries(pattern).map(([name, one]) => likeness(actual[name], one));
  return parts.reduce((sum, part) => sum + part, 0) / Math.max(1, parts.length);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isAsymmetric = (value: unknown): value is Asymmetric =>
  isObject(value) && typeof value.asymmetricMatch === 'function';
