/**
 * The index that finds long streams knows a stream's length in steps of so many entries: exact, it would have to be
 * changed by every append.
 */
export const LENGTH_STEP = 64;
