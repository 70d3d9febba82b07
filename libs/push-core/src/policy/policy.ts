import type { MessageClass } from '../providers/provider.js';
import type { ReasonCode } from '../receipts/reasons.js';
import type { Preferences } from './preferences.js';

/** What a rule looks at; every field given must match. Lists: one of them. `*` at the end of a string: whatever follows. */
export interface RuleMatch {
  readonly type?: string | readonly string[];
  readonly category?: string | readonly string[];
  readonly priority?: 'high' | 'normal';
  readonly platform?: string | readonly string[];
  /** `connected`: a device of the user is, though it has not acknowledged. */
  readonly presence?: 'connected' | 'away';
  /** The user is named in the message's `notification.mentions`. */
  readonly mentioned?: boolean;
}

/** A tenant's rules, as data: the first that matches counts for each field it sets; what none sets has its default. */
export interface Rule {
  readonly name: string;
  readonly when?: RuleMatch;
  /** Nothing is sent. */
  readonly never?: boolean;
  /** Providers, in the order they are to be tried for a device; those not named are not used. Default: the device's own order. */
  readonly channels?: readonly string[];
  /** `first`: the first token that takes it, the next one when it fails. `all`: every token. Default `first`. */
  readonly spread?: 'first' | 'all';
  /**
   * `true`: comes through mutes and quiet hours. `false`: comes through nothing, not even for those mentioned. Default: for those mentioned
   * through mutes, not through quiet hours. `priority: high` alone is not urgent: publishers set it for every chat message; a rule that
   * matches on it may say so.
   */
  readonly urgent?: boolean;
  /** Default `im` for types that begin with `chat.` and for the category `im`, else `marketing`. */
  readonly messageClass?: MessageClass;
  /** No more than so many of a thread in so long; what is more is told of as one, at the end of it. Default 3 in 60000 ms. `off`: all. */
  readonly damping?: { readonly count: number; readonly windowMs: number } | 'off';
  /** Notifications are not kept back by quiet hours, but not sent: `drop`. Default `delay`. */
  readonly inQuietHours?: 'delay' | 'drop';
}

/** How much of a message leaves the house. Default `sender-only`. */
export type Privacy = 'full' | 'sender-only' | 'id-only';

/** What a tenant has set about notifications; kept as the setting `policy`. */
export interface PolicySettings {
  readonly rules?: readonly Rule[];
  readonly privacy?: Privacy;
  /** The user's language where the device names none. Default `en`. */
  readonly locale?: string;
  /**
   * By name, by locale: ICU message format. The names `digest.body`, `hidden.title`, `hidden.body`, `hidden.digest` (privacy) have built-in texts in
   * English and Chinese. A message with `notification.template` uses its name's `<name>.title` and `<name>.body`, with `notification.values`.
   */
  readonly templates?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** All that a decision looks at, gathered before: the decision itself is a pure function. */
export interface Situation {
  /** Unix milliseconds. */
  readonly now: number;
  readonly type: string;
  readonly thread?: string;
  readonly category?: string;
  readonly priority: 'high' | 'normal';
  readonly mentioned: boolean;
  readonly expiresAt: number;
  readonly presence: 'connected' | 'away';
  readonly preferences: Preferences;
  /** Of one device. */
  readonly platform: string;
  readonly timeZone?: string;
  /** In the device's own order of preference. */
  readonly providers: readonly string[];
  /** Notifications of this thread this user was sent within the window of the damping that applies. */
  readonly recent: (windowMs: number) => { readonly count: number; readonly last?: number };
  /** Why it was put off when it was looked at before. Absent the first time. */
  readonly held?: ReasonCode;
}

/** The outcome for one device, with its reason. */
export type Verdict =
  | {
      readonly kind: 'send';
      readonly channels: readonly string[];
      readonly spread: 'first' | 'all';
      readonly messageClass: MessageClass;
      /** Stands for all unread ones of the thread. */ readonly digest: boolean;
      readonly rule?: string;
    }
  /** Looked at again then: it may have been acknowledged. Unix milliseconds. */
  | { readonly kind: 'delay'; readonly until: number; readonly reason: ReasonCode; readonly rule?: string }
  | { readonly kind: 'suppress'; readonly reason: ReasonCode; readonly rule?: string };
