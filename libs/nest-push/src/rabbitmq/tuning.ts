/** What is no setting, but shorter in a test. Milliseconds where nothing else is said. */
export interface Tuning {
  /** From the first byte to a usable connection. */
  readonly connectMs: number;
  /** A broker that leaves a request on an open connection unanswered for so long counts as gone. */
  readonly answerMs: number;
  /** The next attempt comes within this time, doubled with each failure up to the cap. */
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  /** What held for so long failed for a new reason: the delays start anew. */
  readonly steadyMs: number;
  /** Between two looks of the watchdog. */
  readonly watchMs: number;
  /** A consumer that has room is given up when work waits for so long and none is delivered to it. */
  readonly stalledMs: number;
  /** Work to be handed out again waits within this time, doubled with each attempt up to the cap. */
  readonly againBaseMs: number;
  readonly againCapMs: number;
  /** What a goodbye to the broker may take. */
  readonly closeMs: number;
  /** What bus and queue may take when everything is closed: work in hand, confirms, goodbyes. */
  readonly finishMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

export const TUNING: Tuning = {
  connectMs: 10_000,
  answerMs: 10_000,
  retryBaseMs: 100,
  retryCapMs: 5_000,
  steadyMs: 30_000,
  watchMs: 1_000,
  stalledMs: 10_000,
  againBaseMs: 100,
  againCapMs: 10_000,
  closeMs: 2_000,
  finishMs: 5_000,
  random: Math.random,
};
