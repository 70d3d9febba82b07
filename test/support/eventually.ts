const EVERY_MS = 10;

/** Asks until the answer is true: for what can be observed but does not announce itself. */
export async function eventually(holds: () => Promise<boolean> | boolean, patienceMs = 10_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`still not so after ${patienceMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
