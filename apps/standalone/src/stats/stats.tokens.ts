/** Injects `Stats`. */
export const STATS = Symbol.for('standalone.stats');
