/** Why something was, or was not, done with a notification; with what it says to a person. A closed set: what is not here is not told. */
export const REASONS = {
  // not sent, because there is no need
  acknowledged: 'A device of the user acknowledged it in time',
  read: 'The user read it',
  recalled: 'It was recalled',
  expired: 'It expired before it could be sent',
  // not sent, by policy
  rule: 'A rule of the tenant says never',
  muted_thread: 'The user muted the thread',
  muted_category: 'The user muted the category',
  quiet_hours: 'It is within the user’s quiet hours',
  damped: 'The thread had its share; it is told of together with what follows',
  digested: 'Another notification of the thread stands for it',
  outside_hours: 'The provider takes this class of message at other hours only',
  never: 'The publish says that nobody is to be notified',
  // not sent, by the host's own code
  hook: 'A hook of the host refused it',
  hook_failed: 'A hook of the host, asked about it, failed',
  // not sent, because it cannot
  no_device: 'The user has no device registered',
  no_token: 'The device has no token',
  no_provider: 'No provider with credentials takes one of its tokens',
  token_moved: 'The token belongs to another device by now',
  quota_device: 'The provider’s daily share of this device is used up',
  quota_provider: 'The provider’s daily share of this tenant is used up',
  breaker_open: 'The provider is not asked for the moment, after failures',
  // what the provider said
  accepted: 'The provider took it',
  throttled: 'The provider asks to slow down',
  transient: 'The provider failed, or could not be reached',
  token_invalid: 'The provider says that the token is dead',
  token_suspect: 'The provider does not know the token; it is kept until that is certain',
  config_error: 'The provider refuses the tenant’s credentials or set-up',
  payload_error: 'The provider does not take this notification',
  quota_exhausted: 'The provider’s quota is used up',
  unknown_after_write: 'It was sent, and no answer came: it may have been shown',
  // in the end
  poison: 'Deciding about it, or composing it, failed each time',
  attempts: 'It was tried as often as it may be',
  budget: 'Too much is tried again at the moment; it waits',
  retracted: 'It was taken back',
  not_shown: 'The provider took it, and says that it was not shown',
  shown: 'The device showed it',
  opened: 'The user opened it',
} as const satisfies Readonly<Record<string, string>>;

export type ReasonCode = keyof typeof REASONS;
