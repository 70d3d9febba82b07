/** How long to wait after so many failures in a row: anything up to the ceiling, so that many do not come back at once. */
export function backoffMs(failures: number, baseMs: number, capMs: number, random: () => number): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures, 30));
  return Math.ceil(random() * ceiling);
}
