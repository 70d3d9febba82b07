import { randomUUID } from 'node:crypto';
import type { ConsumeMessage } from 'amqplib';
import type { Hint } from 'push-core';
import { decodeBundle } from './hint-codec.js';
import { Lane, type Opening } from './lane.js';
import type { Session } from './session.js';
import { declare, hintQueue } from './topology.js';
import type { Tuning } from './tuning.js';

/** The `type` of what the watchdog sends to itself. */
export const PROBE = 'push.probe';

/** The node's own queue of hints, and whoever listens to it. */
export class HintInbox {
  received = 0;
  ignored = 0;
  readonly lane: Lane;
  private readonly receivers = new Set<(hints: readonly Hint[]) => void>();
  private readonly probes = new Map<string, () => void>();
  private consumerTag?: string;

  constructor(
    private readonly prefix: string,
    private readonly node: () => string,
    /** The sender's own messages bear it. */
    private readonly origin: string,
    session: Session,
    tuning: Tuning,
  ) {
    this.lane = new Lane(
      {
        name: 'hints in',
        prepare: (opening) => this.consume(opening),
        lost: () => (this.consumerTag = undefined),
        changed: session.stepped,
      },
      tuning,
    );
  }

  get isConsuming(): boolean {
    return this.consumerTag !== undefined && this.lane.opening !== undefined;
  }

  onHints(receive: (hints: readonly Hint[]) => void): () => void {
    this.receivers.add(receive);
    return () => this.receivers.delete(receive);
  }

  /** What is received from now on reaches nobody. */
  deafen(): void {
    this.receivers.clear();
  }

  /** Calls back when a probe of this id has come round. Returns what forgets it. */
  expectProbe(id: string, came: () => void): () => void {
    this.probes.set(id, came);
    return () => this.probes.delete(id);
  }

  private async consume(opening: Opening): Promise<void> {
    const { queue, ...topology } = hintQueue(this.prefix, this.node(), randomUUID());
    await declare(opening.amqpChannel, topology);
    // Without acknowledgements: who is too slow loses hints, from the old end of the queue.
    const { consumerTag } = await opening.amqpChannel.consume(queue, (message) => this.take(opening, message), {
      noAck: true,
      exclusive: true,
    });
    this.consumerTag = consumerTag;
  }

  private take(opening: Opening, message: ConsumeMessage | null): void {
    if (!opening.live) return;
    if (!message) return this.lane.rebuild('the broker has cancelled the consumer');
    const { appId, type, messageId } = message.properties as { appId?: string; type?: string; messageId?: string };
    if (appId !== this.origin) this.receive(message.content);
    else if (type === PROBE && messageId !== undefined) this.probes.get(messageId)?.();
  }

  private receive(body: Buffer): void {
    const { hints, ignored } = decodeBundle(body);
    this.ignored += ignored;
    if (hints.length === 0) return;
    this.received += hints.length;
    for (const receive of this.receivers) {
      try {
        receive(hints);
      } catch {
        // The driver would close the amqpChannel over it, and who failed on this hint failed on nothing that is kept.
        this.ignored += hints.length;
      }
    }
  }
}
