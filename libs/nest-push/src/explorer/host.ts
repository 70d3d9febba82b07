import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Consumer, Push, Queue } from 'push-core';
import type { TransportHost } from '../decorators/plugged.js';
import type { TestBench } from '../test-bench.js';
import { PUSH_QUEUE, PUSH_TEST_BENCH } from '../tokens.js';
import { consume, findConsumers } from './consumers.js';
import { listenWith } from './event-handlers.js';
import { PushExplorer } from './explorer.js';
import { HandlerFactory } from './handler.js';
import { PluggedParts } from './plugged-parts.js';

/** What the host decorated, at work: joined before the engine starts, left after it has closed. */
@Injectable()
export class Host {
  private consumers: readonly Consumer[] = [];
  private leave: (() => void) | undefined;

  constructor(
    @Inject(PushExplorer) private readonly explorer: PushExplorer,
    @Inject(HandlerFactory) private readonly handlers: HandlerFactory,
    @Inject(PluggedParts) private readonly parts: PluggedParts,
    @Optional() @Inject(PUSH_QUEUE) private readonly queue?: Queue,
    @Optional() @Inject(PUSH_TEST_BENCH) private readonly bench?: TestBench,
  ) {}

  /** Hands the engine what is plugged in, and listens to it. Throws INVALID, naming class and method, for what cannot be. */
  join(push: Push): void {
    this.parts.complete();
    findConsumers(this.queue, this.explorer);
    this.leave = listenWith(push, this.explorer, this.handlers);
  }

  /** None on a test bench: nothing is listened on there. */
  transports(): readonly TransportHost[] {
    if (this.bench) return [];
    return this.explorer.plugged<TransportHost>('transport').map(({ instance }) => instance);
  }

  /** Takes work from queues, once the engine has started, where this process works. */
  consume(): void {
    const found = findConsumers(this.queue, this.explorer);
    this.consumers = found.map((one) => consume(this.queue as Queue, one, this.handlers));
  }

  /** Takes nothing more, and finishes what is in hand. */
  async finish(): Promise<void> {
    await Promise.all(this.consumers.map((one) => one.close()));
  }

  end(): void {
    this.leave?.();
  }
}
