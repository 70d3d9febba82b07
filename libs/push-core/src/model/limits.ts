/** Hard limits of the protocol, in one place. Sizes in bytes of UTF-8, counts in items. */
export const LIMITS = Object.freeze({
  idLength: 128,
  typeLength: 128,
  idempotencyKeyLength: 128,
  dataBytes: 64 * 1024,
  dataDepth: 64,
  notificationBytes: 4 * 1024,
  audienceUsers: 100_000,
  audienceTopics: 100,
  audienceDevices: 1_000,
  exceptions: 1_000,
  batchMessages: 500,
  subscribersPerCall: 1_000,
  tokensPerDevice: 16,
  clientFrameBytes: 32 * 1024,
  framesBeforeConnected: 64,
  bytesBeforeConnected: 64 * 1024,
  windowEntries: 1024,
  /** 30 days: a message nobody fetched by then is no longer worth a push. */
  ttlSeconds: 30 * 24 * 3600,
  /** How far ahead a message may be scheduled. */
  scheduleMs: 365 * 24 * 3600 * 1000,
  idempotencyMs: 24 * 3600 * 1000,
  inboxPage: 500,
});
