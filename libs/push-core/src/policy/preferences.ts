/** A user's own wishes (`PUT /v1/users/{u}/preferences`). */
export interface Preferences {
  /** Threads that notify nobody until then, Unix milliseconds; 0: for good. */
  readonly mutedThreads?: Readonly<Record<string, number>>;
  /** … and categories of notifications. */
  readonly mutedCategories?: Readonly<Record<string, number>>;
  /** No notifications in these hours, in the user's own zone; those of high urgency (see `Rule.urgent`) come through. */
  readonly quietHours?: {
    /** `HH:MM`; `to` may lie before `from`: over midnight. */
    readonly from: string;
    readonly to: string;
    /** IANA name. Default: that of the device. */
    readonly timeZone?: string;
    /** 1 (Monday) – 7; days on which they begin. Default: all. */
    readonly days?: readonly number[];
  };
}
