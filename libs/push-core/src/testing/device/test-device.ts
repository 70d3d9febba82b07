import type { Push } from '../../push.js';
import type { Store } from '../../store/store.js';
import { describeLink } from './describe-link.js';
import {
  messageOf,
  signalOf,
  type DeviceMessage,
  type DeviceNotice,
  type DeviceSignal,
  type NoticeOf,
} from './device-frames.js';
import { Expectation } from './expectation.js';
import { introduce } from './introduce.js';
import { eventually, whileTimePasses } from './patience.js';
import { ProtocolClient, type Delivered } from './protocol-client.js';
import { Received } from './received.js';
import { show, showEntry, showList } from './show.js';
import { Stories } from './stories.js';
import type { VirtualClock } from './virtual-clock.js';

export interface TestDeviceOptions {
  readonly push: Push;
  /** The engine's own. */
  readonly clock: VirtualClock;
  /** The engine's own; best one in memory. */
  readonly store: Store;
  /** Default `default`. */
  readonly tenant?: string;
  readonly user: string;
  readonly device: string;
  /** False: what comes is kept, but acknowledged only by `acknowledge()`. Default true. */
  readonly acknowledge?: boolean;
  /** Topics it may follow beside its user's subscriptions, as a token's `top`: exact names, or `news.*`. */
  readonly topics?: readonly string[];
  /** Unacknowledged entries of a stream: 1–1024. Default: the engine's. */
  readonly window?: number;
  /** Shared by the devices of one engine. Default: its own, which knows what is published from now on. */
  readonly stories?: Stories;
}

export interface Within {
  /** Virtual time it may take. Milliseconds, default 5000. */
  readonly withinMs?: number;
}

/** What is to be there of a message, a signal or a notice: of objects the fields named, of texts also a regular expression. */
export type Pattern = Readonly<Record<string, unknown>>;

const WITHIN_MS = 5000;
const NOTHING_WITHIN_MS = 1000;

/**
 * A device of a user, in memory, for tests of code that publishes. It connects when it is first asked for something, and
 * finds then what came since it was made, as a device does that was away.
 *
 * Every expectation lets the code under test come to rest, looks at what has arrived, and then lets virtual time pass until
 * it comes or `withinMs` are over. What satisfied one expectation satisfies no other: each entry is claimed once, the first
 * that matches.
 */
export class TestDevice {
  readonly tenant: string;
  readonly user: string;
  readonly name: string;
  private readonly clock: VirtualClock;
  private readonly store: Store;
  private readonly stories: Stories;
  private readonly client: ProtocolClient;
  private readonly entries = new Received<DeviceMessage>();
  private readonly volatile = new Received<DeviceSignal>();
  private readonly told = new Received<DeviceNotice>();
  private readonly introduced: Promise<void>;

  constructor(options: TestDeviceOptions) {
    const { push, clock, store, tenant = 'default', user, device, topics, acknowledge = true, window } = options;
    this.tenant = tenant;
    this.user = user;
    this.name = device;
    this.clock = clock;
    this.store = store;
    this.stories = options.stories ?? new Stories(push, store);
    const identity = { tenant, user, topics };
    const parts = { push, clock, identity, device, acknowledges: acknowledge, window };
    this.client = new ProtocolClient(parts, (frame) => this.keep(frame));
    this.introduced = introduce(store, { tenant, user, device });
    // Told where it is awaited: at the first use.
    this.introduced.catch(() => undefined);
  }

  // ---- what has come so far

  /** Entries, each once, in order; those that were recalled since too. */
  get messages(): readonly DeviceMessage[] {
    return this.entries.all;
  }

  get signals(): readonly DeviceSignal[] {
    return this.volatile.all;
  }

  /** Read marks of other devices, recalls, gaps, and errors the server answered. */
  get notices(): readonly DeviceNotice[] {
    return this.told.all;
  }

  /** Whether it has a link, as far as it knows: one that is half-open counts. */
  get isOnline(): boolean {
    const { kind } = this.client.state;
    return kind === 'up' || kind === 'half-open';
  }

  // ---- its link

  /** Resolves when it is connected and has what was waiting for it. Throws where it is refused. */
  async connect(): Promise<this> {
    if (this.isOnline) return this;
    await this.open(new Expectation(this, 'connect'));
    return this;
  }

  /** The link is gone, and both sides know. */
  async drop(): Promise<void> {
    await this.use('drop');
    this.client.drop('dropped');
    await this.clock.quiet();
  }

  /** Nothing gets through any more, in either direction, and neither side knows. The server notices by its heartbeat. */
  async halfOpen(): Promise<void> {
    await this.use('halfOpen');
    this.client.fallSilent();
  }

  /**
   * A new link, whatever became of the old one; resumes where it was. Its token is as old as the device: where it was revoked
   * since, the user has to sign in again (`newToken`).
   */
  async reconnect({ newToken = false }: { readonly newToken?: boolean } = {}): Promise<void> {
    if (newToken) this.client.renewToken();
    await this.open(new Expectation(this, 'reconnect'));
  }

  /** The device ends its link. */
  async close(): Promise<void> {
    this.client.drop('left');
    await this.clock.quiet();
  }

  // ---- what its user does

  /** Everything it has received so far, where it was made with `acknowledge: false`. */
  async acknowledge(): Promise<void> {
    await this.use('acknowledge');
    this.client.acknowledge();
    await this.clock.quiet();
  }

  /** The user has read up to this entry: of its thread, where it has one, else of its whole stream. */
  async reads({ stream, seq, thread }: Pick<DeviceMessage, 'stream' | 'seq' | 'thread'>): Promise<void> {
    await this.use('reads');
    this.client.say({ op: 'read', s: stream, seq, thread });
    await this.clock.quiet();
  }

  /** Throws where it may not. */
  async follow(topic: string): Promise<void> {
    await this.ask('follow', { op: 'follow', s: topic });
  }

  async unfollow(topic: string): Promise<void> {
    await this.ask('unfollow', { op: 'unfollow', s: topic });
  }

  // ---- expectations

  /** The first entry that matches and no earlier expectation claimed. Fails with what did come, and why this did not. */
  async receives<T = unknown>(pattern: Pattern = {}, { withinMs = WITHIN_MS }: Within = {}): Promise<DeviceMessage<T>> {
    const expectation = await this.use('receives');
    const found = await eventually(this.clock, withinMs, () => this.entries.claim(pattern));
    if (found) return found as DeviceMessage<T>;
    const story = await this.stories.about(this, pattern);
    throw expectation.unmet(this.notReceived('', pattern, withinMs), this.list(this.entries), this.state, story);
  }

  /** No entry that matches and is not claimed, now or within the time. Virtual milliseconds, default 1000. */
  async receivesNothing(pattern: Pattern = {}, within: number | Within = {}): Promise<void> {
    const withinMs = typeof within === 'number' ? within : (within.withinMs ?? NOTHING_WITHIN_MS);
    const expectation = await this.use('receivesNothing');
    const found = await whileTimePasses(this.clock, withinMs, () => this.entries.find(pattern));
    if (!found) return;
    const story = await this.stories.about(this, pattern);
    throw expectation.unmet(`${this.label} received what it should not: ${showEntry(found)}.`, story);
  }

  async receivesSignal<T = unknown>(
    pattern: Pattern = {},
    { withinMs = WITHIN_MS }: Within = {},
  ): Promise<DeviceSignal<T>> {
    const expectation = await this.use('receivesSignal');
    const found = await eventually(this.clock, withinMs, () => this.volatile.claim(pattern));
    if (found) return found as DeviceSignal<T>;
    const none = 'Signals reach only devices that are connected at that moment; nothing of them is stored.';
    throw expectation.unmet(
      this.notReceived('the signal ', pattern, withinMs),
      this.list(this.volatile),
      this.state,
      none,
    );
  }

  /** A notice of another device's read mark, of a recall, of a gap, or an error; as it travels (`s`, `seq`, …). */
  async isTold<K extends DeviceNotice['op']>(
    what: K,
    pattern: Pattern = {},
    { withinMs = WITHIN_MS }: Within = {},
  ): Promise<NoticeOf<K>> {
    const expectation = await this.use('isTold');
    const wanted = { ...pattern, op: what };
    const found = await eventually(this.clock, withinMs, () => this.told.claim(wanted));
    if (found) return found as NoticeOf<K>;
    const came = showList('It was told:', this.told.all.map(show), 'It was told nothing.');
    throw expectation.unmet(
      `${this.label} was not told of ${what} ${show(pattern)} within ${withinMs} ms.`,
      came,
      this.state,
    );
  }

  // ---- inside

  private keep(frame: Delivered): void {
    this.clock.stir();
    switch (frame.op) {
      case 'push':
        return this.entries.add(messageOf(frame));
      case 'signal':
        return this.volatile.add(signalOf(frame));
      case 'read':
      case 'recall':
      case 'gap':
      case 'error':
        return this.told.add(frame);
      case 'bye':
        return;
    }
  }

  /** Connects at the first use. One that was dropped, or refused, is connected again only when it is told to. */
  private async use(asked: keyof TestDevice): Promise<Expectation> {
    const expectation = new Expectation(this, asked);
    if (this.client.state.kind === 'never') await this.open(expectation);
    return expectation;
  }

  private async open(expectation: Expectation): Promise<void> {
    await this.introduced;
    const [revokedAt] = await this.store.access.revokedAt([this]);
    if (this.client.isOlderThan(revokedAt)) {
      this.client.refused();
      throw expectation.unmet(`${this.label} could not connect: its token was revoked; reconnect({ newToken: true }).`);
    }
    this.client.open();
    await eventually(this.clock, WITHIN_MS, () => (this.client.state.kind === 'connecting' ? undefined : true));
    if (this.client.state.kind === 'up') return this.clock.quiet();
    const errors = showList('It was told:', this.told.all.map(show), '');
    throw expectation.unmet(`${this.label} could not connect.`, this.state, errors);
  }

  private async ask(asked: keyof TestDevice, frame: { op: 'follow' | 'unfollow'; s: string }): Promise<void> {
    const expectation = await this.use(asked);
    const answer = { error: undefined as unknown, came: false };
    void this.client.ask(frame).then((error) => Object.assign(answer, { error, came: true }));
    await eventually(this.clock, WITHIN_MS, () => answer.came || undefined);
    if (answer.came && answer.error === undefined) return;
    const why = answer.came ? show(answer.error) : 'No answer came.';
    throw expectation.unmet(`${this.label} could not ${frame.op} ${frame.s}: ${why}`, this.state);
  }

  private get label(): string {
    return `${this.user}/${this.name}`;
  }

  private get state(): string {
    return describeLink(this.client.state);
  }

  private notReceived(kind: string, pattern: Pattern, withinMs: number): string {
    return `${this.label} did not receive ${kind}${show(pattern)} within ${withinMs} ms.`;
  }

  private list<T extends DeviceMessage | DeviceSignal>(received: Received<T>): string {
    const lines = received.all.map((one) => (received.isClaimed(one) ? `${showEntry(one)} – claimed` : showEntry(one)));
    return showList('It received:', lines, 'It received nothing.');
  }
}
