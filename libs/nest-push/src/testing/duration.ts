const UNITS = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds, or a text: `250 ms`, `90 s`, `5 min`, `1 h`, `2 d`. */
export type Duration = number | `${number} ${keyof typeof UNITS}`;

/** Throws for anything else. */
export function milliseconds(duration: Duration): number {
  if (typeof duration === 'number' && Number.isFinite(duration) && duration >= 0) return duration;
  const [, count, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|min|h|d)$/.exec(String(duration)) ?? [];
  if (count !== undefined) return Number(count) * UNITS[unit as keyof typeof UNITS];
  throw new Error(`"${duration}" is no duration: say 250 ms, 90 s, 5 min, 1 h, 2 d, or a number of milliseconds`);
}
