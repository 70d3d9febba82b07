/** `<point>#<n>`: the process dies, as by kill -9, when the point is reached the n-th time. Unset: never. */
const [armed, count = '1'] = (process.env.CHAOS_FAILPOINT ?? '').split('#');
let left = Number(count);

export function reached(point) {
  if (point !== armed || --left > 0) return;
  process.kill(process.pid, 'SIGKILL');
}

/** The same function; before it and after it has settled well are points. */
export function between(point, run) {
  reached(`${point} before`);
  const result = run();
  if (typeof result?.then !== 'function') {
    reached(`${point} after`);
    return result;
  }
  return result.then((value) => {
    reached(`${point} after`);
    return value;
  });
}
