import { randomUUID } from 'node:crypto';
import type { Bus, BusStatus, Hint } from 'push-core';
import { settledWithin } from './deadline.js';
import { HintInbox } from './hint-inbox.js';
import { HintOutbox, type HintAddress } from './hint-outbox.js';
import { HintProbe } from './hint-probe.js';
import { hintNames, nodeKey, type HintNames } from './names.js';
import { Publisher } from './publisher.js';
import type { HintCounts } from './rabbit.js';
import { invalid, type ResolvedSettings } from './rabbit-settings.js';
import type { Session } from './session.js';
import { awaitStart } from './startup.js';
import { declare, hintExchanges } from './topology.js';
import type { Tuning } from './tuning.js';
import type { Watchdog } from './watchdog.js';

/** The farewell of a bus takes so long at most. */
const FAREWELL_MS = 1_000;

/** Hints over RabbitMQ: a fanout for everybody, a direct exchange by node, and a queue of its own for each node. */
export class RabbitBus implements Bus {
  readonly publisher: Publisher;
  private readonly origin = randomUUID();
  private readonly names: HintNames;
  private readonly outbox: HintOutbox;
  private readonly inbox: HintInbox;
  private probe?: HintProbe;
  private node?: string;
  private closed = false;
  private endings: (() => void)[] = [];
  private letGo: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly settings: ResolvedSettings,
    private readonly session: Session,
    private readonly watchdog: Watchdog,
    tuning: Tuning,
  ) {
    const { prefix, window, hintLingerMs } = settings;
    this.names = hintNames(prefix);
    this.publisher = new Publisher(
      { name: 'hints out', prepare: ({ amqpChannel }) => declare(amqpChannel, hintExchanges(prefix)) },
      session,
      tuning,
      window,
      () => this.outbox.flush(),
    );
    const { publisher } = this;
    const way = {
      isOpen: () => publisher.lane.opening !== undefined,
      hasPlace: () => publisher.hasPlace,
      tryPublish: publisher.tryPublish.bind(publisher),
    };
    this.outbox = new HintOutbox(way, hintLingerMs, this.origin);
    this.inbox = new HintInbox(prefix, () => this.node ?? '', this.origin, session, tuning);
  }

  async open(node: string): Promise<void> {
    if (this.isOpen && node === this.node) return;
    if (this.closed) throw invalid('node', 'cannot join: this bus is closed');
    if (this.isOpen) throw invalid('node', 'cannot join: this bus is open under another name');
    if (typeof node !== 'string' || node === '') throw invalid('node', 'must be a text');
    this.node = node;
    this.start(node);
    try {
      await awaitStart(this.session, this.settings, {
        status: () => this.status(),
        hasFailed: () => this.session.isWaiting || this.laneTrouble !== undefined,
        isClosed: () => this.closed,
      });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  send(node: string, hints: readonly Hint[]): Promise<void> {
    if (this.isOpen && node !== this.node) this.outbox.add(this.addressOf(node), hints);
    return Promise.resolve();
  }

  broadcast(hints: readonly Hint[]): Promise<void> {
    if (this.isOpen) this.outbox.add({ exchange: this.names.all, key: '' }, hints);
    return Promise.resolve();
  }

  onHints(receive: (hints: readonly Hint[]) => void): () => void {
    return this.inbox.onHints(receive);
  }

  status(): BusStatus {
    if (!this.isOpen) return { state: 'down', reason: this.closed ? 'closed' : 'not opened yet' };
    const status = this.session.status();
    if (this.session.isDeclaring && this.laneTrouble !== undefined) return { state: 'down', reason: this.laneTrouble };
    if (status.state !== 'up' || (this.publisher.lane.opening && this.inbox.lane.opening)) return status;
    return { state: 'down', reason: this.laneTrouble ?? 'connecting' };
  }

  counts(): HintCounts {
    const { outbox, inbox } = this;
    const { sent, messages, dropped } = outbox;
    return { sent, messages, dropped, received: inbox.received, ignored: inbox.ignored };
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.inbox.deafen();
    const sent = this.settled();
    this.closed = true;
    for (const end of this.endings) end();
    if (this.session.isAnswering) await settledWithin(FAREWELL_MS, sent);
    this.outbox.clear();
    await Promise.all([this.session.remove(this.publisher.lane), this.session.remove(this.inbox.lane)]);
    await this.letGo();
  }

  /** Resolves when everything sent before is in the queues it goes to, or lost. */
  settled(): Promise<void> {
    this.outbox.flush();
    return this.outbox.settled();
  }

  /** Resolves when a message of the node to itself has come round, and with it what was in its queue before. */
  async roundTrip(): Promise<void> {
    if (this.isOpen) await this.probe?.complaint();
  }

  private get isOpen(): boolean {
    return this.node !== undefined && !this.closed;
  }

  private get laneTrouble(): string | undefined {
    return this.publisher.lane.trouble ?? this.inbox.lane.trouble;
  }

  private start(node: string): void {
    const { session, publisher, outbox, inbox, watchdog, settings } = this;
    session.called = `push ${node}`;
    session.attach(publisher.lane);
    session.attach(inbox.lane);
    this.probe = new HintProbe(publisher, inbox, this.addressOf(node), this.origin, settings.confirmTimeoutMs);
    this.endings = [
      watchdog.watch(this.probe),
      session.onStep(() => {
        if (!publisher.lane.opening) outbox.clear();
      }),
    ];
    this.letGo = session.hold();
  }

  private addressOf(node: string): HintAddress {
    return { exchange: this.names.node, key: nodeKey(node) };
  }
}
