import type { Identity } from './online/authenticator.js';
import type { PublishInput } from './model/publish-input.js';

/** A hook's answer. What is refused is told to the caller with the reason. */
export type Decision = { readonly allow: true } | { readonly allow: false; readonly reason: string };
export type PublishDecision =
  | { readonly allow: true; /** Replaces what was published; validated again. */ readonly input?: PublishInput }
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
}

export interface Plugin {
  readonly name: string;
  readonly hooks: Partial<Hooks>;
}
