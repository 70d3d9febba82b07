/** `online_until` of a connection that has no end of its own. */
export const ENDLESS = Number.MAX_SAFE_INTEGER;
