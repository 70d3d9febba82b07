import type { Hint } from 'push-core';
import { encodeBundle, encodeHint } from './hint-codec.js';
import type { Publication, PublishOutcome } from './publisher.js';

/** Hints are joined up to this length, and no longer one is sent. In characters. */
const BUNDLE_LENGTH = 64 * 1024;
const HINT_LENGTH = 1024 * 1024;
/** So much waits for a place in the window, over all destinations; what comes then is dropped. */
const WAITING_LENGTH = 8 * 1024 * 1024;

/** What is sent together. */
interface Bundle {
  readonly to: HintAddress;
  readonly hints: string[];
  length: number;
  /** Nothing more fits: until there is a place to send it, what comes is not even encoded. */
  full: boolean;
}

export interface HintAddress {
  readonly exchange: string;
  readonly key: string;
}

export interface HintWay {
  /** Without a connection nothing is taken at all. */
  isOpen(): boolean;
  hasPlace(): boolean;
  /** Undefined where there is no place now. */
  tryPublish(publication: Publication): Promise<PublishOutcome> | undefined;
}

/**
 * Joins hints: what is sent to one destination within the linger is one message. While the window is full each destination
 * fills up one bundle more; what does not fit there either is dropped, and so is everything where there is no connection.
 * A hint that is dropped costs latency: the store has what it tells of.
 */
export class HintOutbox {
  sent = 0;
  dropped = 0;
  messages = 0;
  private readonly bundles = new Map<string, Bundle>();
  private length = 0;
  private timer?: NodeJS.Timeout;
  private readonly answers = new Set<Promise<unknown>>();

  constructor(
    private readonly way: HintWay,
    private readonly lingerMs: number,
    /** Tells the sender's own messages apart. */
    private readonly origin: string,
  ) {}

  add(to: HintAddress, hints: readonly Hint[]): void {
    if (hints.length === 0) return;
    if (!this.way.isOpen()) {
      this.dropped += hints.length;
      return;
    }
    const name = `${to.exchange} ${to.key}`;
    for (const hint of hints) {
      if (!this.put(name, to, hint)) this.dropped++;
    }
    if (this.bundles.size > 0) this.timer ??= setTimeout(() => this.flush(), this.lingerMs);
  }

  /** Sends what there is a place for. */
  readonly flush = (): void => {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const [name, bundle] of this.bundles) if (!this.ship(name, bundle)) return;
  };

  /** The connection is gone, and what waits with it. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const { hints } of this.bundles.values()) this.dropped += hints.length;
    this.bundles.clear();
    this.length = 0;
  }

  /** Resolves when nothing waits for its confirm. */
  async settled(): Promise<void> {
    while (this.answers.size > 0) await Promise.allSettled(this.answers);
  }

  private put(name: string, to: HintAddress, hint: Hint): boolean {
    let bundle = this.bundles.get(name);
    if (bundle?.full && !this.ship(name, bundle)) return false;
    const text = encodeHint(hint);
    if (text.length > HINT_LENGTH) return false;
    bundle = this.bundles.get(name);
    if (bundle && bundle.length + text.length > BUNDLE_LENGTH) {
      bundle.full = true;
      if (!this.ship(name, bundle)) return false;
      bundle = undefined;
    }
    if (this.length + text.length > WAITING_LENGTH) return false;
    if (!bundle) this.bundles.set(name, (bundle = { to, hints: [], length: 0, full: false }));
    bundle.hints.push(text);
    bundle.length += text.length + 1;
    this.length += text.length + 1;
    return true;
  }

  private ship(name: string, { to, hints, length }: Bundle): boolean {
    if (!this.way.hasPlace()) return false;
    const answer = this.way.tryPublish({
      ...to,
      body: encodeBundle(hints),
      options: { appId: this.origin, persistent: false },
    });
    if (!answer) return false;
    this.bundles.delete(name);
    this.length -= length;
    this.messages++;
    this.sent += hints.length;
    const heard = answer.then((outcome) => {
      if (outcome !== 'confirmed') this.dropped += hints.length;
      this.answers.delete(heard);
    });
    this.answers.add(heard);
    return true;
  }
}
