import type { Identity } from './online/authenticator.js';
import type { Notification as NotificationInput, PublishInput } from './model/publish-input.js';

/** A hook's answer. What is refused is told to the caller with the reason. */
export type Decision = { readonly allow: true } | { readonly allow: false; readonly reason: string };
export type PublishDecision =
  | { readonly allow: true; /** Replaces what was published; validated again. */ readonly input?: PublishInput }
  | { readonly allow: false; readonly reason: string };
/** Nobody but the code sees a refusal's text: the user is told nothing, and `explain` says `hook`. */
export type NotifyDecision =
  | {
      readonly allow: true;
      /** Replaces what would be shown; validated again. */ readonly notification?: NotificationInput;
    }
  | { readonly allow: false; readonly reason: string };

type Awaitable<T> = T | Promise<T>;

/** Where a host can have its say. All plugins are asked in order; the first refusal ends it. */
export interface Hooks {
  /** Before a device is let in, after its token was verified. */
  connect(about: { identity: Identity; device: string }): Awaitable<Decision>;
  /**
   * Whether this device may follow a topic beyond its token's `top` and its user's subscriptions.
   * One plugin that allows is enough; with no such hook, only the token's `top` counts.
   */
  follow(about: { identity: Identity; device: string; topic: string }): Awaitable<Decision>;
  /** Before a message is stored. */
  publish(about: { tenant: string; input: PublishInput }): Awaitable<PublishDecision>;
  /**
   * Before a user is notified: asked by a worker when policy would send to at least one device, once for all of them, and again when what
   * waited is decided about anew. An answer is due within a tenth of `limits.jobLeaseMs`. One that throws, comes later, or changes to what is
   * not valid lets nothing through: it is asked again, `offline.maxAttempts` times at most.
   */
  notify(about: {
    tenant: string;
    user: string;
    /** `data` is shared among the users of a message: not to be changed. */
    message: { readonly id: string; readonly type: string; readonly thread?: string; readonly data?: unknown };
    notification: NotificationInput;
  }): Awaitable<NotifyDecision>;
}

export interface Plugin {
  readonly name: string;
  readonly hooks: Partial<Hooks>;
}
