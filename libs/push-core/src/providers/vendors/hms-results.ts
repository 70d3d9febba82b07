import type { Codes, Meaning } from './meaning.js';

/** HMS Core, v1; Honor speaks the same numbers. */
export const HMS_CODES: Codes = {
  '80000000': 'accepted',
  '80000001': 'transient',
  '80100001': 'payload_error',
  '80100003': 'payload_error',
  '80100004': 'payload_error',
  '80100016': 'payload_error',
  '80100022': 'payload_error',
  // Refused by whoever checks access: a wrong secret says the same as an old token, so it is renewed once.
  '80200001': 'stale_access',
  '80200003': 'stale_access',
  '80200005': 'stale_access',
  '80200006': 'config_error',
  '80300002': 'config_error',
  // "All the tokens are invalid" is also what an app hears that is penalised, or speaks for another project.
  '80300007': 'token_suspect',
  '80300008': 'payload_error',
  '80300010': 'payload_error',
  '80300017': 'token_suspect',
  '80300028': 'token_suspect',
  '80300029': 'throttled',
  '80300030': 'payload_error',
  '80300032': 'config_error',
  '80300036': 'config_error',
  '80300037': 'config_error',
  '81000001': 'transient',
};

/** Part of the tokens were taken; the reasons of the others are in the answer. */
export const HMS_PARTIAL = '80100000';
/** None was. */
export const HMS_NONE = '80300007';

/** Why Huawei did not take a token. What is ours to put right says nothing about the token. */
export const HUAWEI_REASONS: Codes = {
  tokenFormatError: 'token_invalid',
  tokenPlatformNotSupport: 'token_invalid',
  // Of another project; or the phone has moved on to HarmonyOS 5, and the app has to ask for a new one.
  noRight: 'token_suspect',
  // One phone's country must not stop the others.
  countryNotSupport: 'token_suspect',
  // Of this message's image.
  differentImgVerifyPolicy: 'payload_error',
  noPushTypeRight: 'config_error',
  disableSendHuaweiMsgBecauseOfPenalty: 'config_error',
  appinfoError: 'config_error',
  noRightToSendThisLiveNotificationEvent: 'config_error',
  notSupportPlayVoice: 'config_error',
  atomicUnableSendUnsubscribedMsg: 'config_error',
};

export const huaweiReason = (reason: string): Meaning =>
  (Object.hasOwn(HUAWEI_REASONS, reason) ? HUAWEI_REASONS[reason] : undefined) ?? 'token_suspect';
