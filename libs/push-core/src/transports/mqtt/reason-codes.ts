import type { CloseReason } from '../../close-reasons.js';
import type { ErrorCode } from '../../errors.js';

/** MQTT 5, section 2.4. */
export const REASON = Object.freeze({
  success: 0x00,
  grantedQos1: 0x01,
  noSubscription: 0x11,
  unspecified: 0x80,
  malformed: 0x81,
  protocol: 0x82,
  implementation: 0x83,
  version: 0x84,
  clientId: 0x85,
  badCredentials: 0x86,
  notAuthorized: 0x87,
  unavailable: 0x88,
  busy: 0x89,
  shuttingDown: 0x8b,
  authenticationMethod: 0x8c,
  keepAlive: 0x8d,
  takenOver: 0x8e,
  filterInvalid: 0x8f,
  topicAlias: 0x94,
  tooLarge: 0x95,
  messageRate: 0x96,
  quota: 0x97,
  retain: 0x9a,
  qos: 0x9b,
  sharedSubscription: 0x9e,
  connectionRate: 0x9f,
  maximumConnectTime: 0xa0,
  subscriptionIdentifiers: 0xa1,
  wildcard: 0xa2,
});

/** CONNACK of MQTT 3.1.1, section 3.2.2.3. */
export const RETURN = Object.freeze({
  accepted: 0,
  version: 1,
  clientId: 2,
  unavailable: 3,
  badCredentials: 4,
  notAuthorized: 5,
});

/** How a CONNECT is refused. */
export interface Refusal {
  readonly v4: number;
  readonly v5: number;
}

export const REFUSAL = Object.freeze({
  version: { v4: RETURN.version, v5: REASON.version },
  clientId: { v4: RETURN.clientId, v5: REASON.clientId },
  badCredentials: { v4: RETURN.badCredentials, v5: REASON.badCredentials },
  notAuthorized: { v4: RETURN.notAuthorized, v5: REASON.notAuthorized },
  rate: { v4: RETURN.unavailable, v5: REASON.connectionRate },
  quota: { v4: RETURN.unavailable, v5: REASON.quota },
  busy: { v4: RETURN.unavailable, v5: REASON.busy },
  unavailable: { v4: RETURN.unavailable, v5: REASON.unavailable },
  tooSmall: { v4: RETURN.unavailable, v5: REASON.tooLarge },
  will: { v4: RETURN.notAuthorized, v5: REASON.notAuthorized },
  retainedWill: { v4: RETURN.notAuthorized, v5: REASON.retain },
  authenticationMethod: { v4: RETURN.notAuthorized, v5: REASON.authenticationMethod },
} satisfies Record<string, Refusal>);

const BY_ERROR: Partial<Record<ErrorCode, Refusal>> = {
  UNAUTHORIZED: REFUSAL.badCredentials,
  TOKEN_EXPIRED: REFUSAL.badCredentials,
  REVOKED: REFUSAL.notAuthorized,
  NOT_ALLOWED: REFUSAL.notAuthorized,
  REFUSED: REFUSAL.notAuthorized,
  INVALID: REFUSAL.clientId,
  RATE_LIMITED: REFUSAL.rate,
  OVERLOADED: REFUSAL.busy,
};

export const refusalOf = (code: ErrorCode): Refusal => BY_ERROR[code] ?? REFUSAL.unavailable;

/** How a connection that was let in ends, by our own close code; MQTT 5 only, 3.1.1 ends without a word. */
const BY_CLOSE: Readonly<Record<number, number>> = {
  3000: REASON.shuttingDown,
  3001: REASON.quota,
  3002: REASON.keepAlive,
  3003: REASON.takenOver,
  3004: REASON.busy,
  3500: REASON.notAuthorized,
  3501: REASON.maximumConnectTime,
  3502: REASON.notAuthorized,
  3503: REASON.malformed,
  3504: REASON.protocol,
  3505: REASON.tooLarge,
};

export const disconnectCode = (reason: CloseReason): number => BY_CLOSE[reason.code] ?? REASON.unspecified;

const BEFORE_CONNACK: Readonly<Record<number, Refusal>> = {
  3004: REFUSAL.busy,
  3500: REFUSAL.badCredentials,
  3501: REFUSAL.badCredentials,
  3502: REFUSAL.notAuthorized,
};

/** The same reasons while CONNACK is still owed. */
export const refusalFor = (reason: CloseReason): Refusal => BEFORE_CONNACK[reason.code] ?? REFUSAL.unavailable;

const SUBSCRIBING: Partial<Record<ErrorCode, number>> = {
  NOT_ALLOWED: REASON.notAuthorized,
  REFUSED: REASON.notAuthorized,
  INVALID: REASON.filterInvalid,
  RATE_LIMITED: REASON.quota,
};

/** In SUBACK and UNSUBACK. */
export const subscribeCode = (code: string): number => SUBSCRIBING[code as ErrorCode] ?? REASON.unspecified;
