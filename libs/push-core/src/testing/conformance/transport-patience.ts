const EVERY_MS = 5;

/** Asks until the answer is true: a client's frames do not announce themselves. Rejects, saying what was waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patienceMs: number,
  instead: () => string = () => '',
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${what}. ${instead()}`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
