// The message every contender carries: 150 bytes of JSON, `n` and `t` of fixed width, so that the load generator finds
// them without parsing. `n` counts from FIRST upwards; `t` is the moment of the publish.
export const PAYLOAD_BYTES = 150;
export const FIRST = 1_000_000;
/** Where the digits stand, counted from the payload's `{`. */
export const N_AT = 5;
export const N_DIGITS = 7;
export const T_AT = 18;
export const T_DIGITS = 16;

const PADDING = 'x'.repeat(PAYLOAD_BYTES - (T_AT + T_DIGITS) - '","p":""}'.length);

export function payload(n) {
  return { n, t: String(nowMicros()).padStart(T_DIGITS, '0'), p: PADDING };
}

/** Microseconds of the machine's monotonic clock: the same in every process, unlike performance.now(). */
export function nowMicros() {
  const [seconds, nanos] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanos / 1e3);
}
