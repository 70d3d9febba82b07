import type { Bus, Hint } from './bus.js';

/** Joins the nodes of one process; a hub makes any number of buses that hear each other. */
export class InProcessBusHub {
  private readonly members = new Set<InProcessBus>();

  join(): Bus {
    const bus = new InProcessBus(this.members);
    this.members.add(bus);
    return bus;
  }
}

class InProcessBus implements Bus {
  private readonly receivers = new Set<(hints: readonly Hint[]) => void>();

  constructor(private readonly members: Set<InProcessBus>) {}

  broadcast(hints: readonly Hint[]): Promise<void> {
    if (!this.members.has(this)) return Promise.resolve();
    for (const member of this.members) {
      if (member === this) continue;
      for (const receive of member.receivers) queueMicrotask(() => member.deliver(receive, hints));
    }
    return Promise.resolve();
  }

  onHints(receive: (hints: readonly Hint[]) => void): () => void {
    this.receivers.add(receive);
    return () => this.receivers.delete(receive);
  }

  close(): Promise<void> {
    this.members.delete(this);
    this.receivers.clear();
    return Promise.resolve();
  }

  private deliver(receive: (hints: readonly Hint[]) => void, hints: readonly Hint[]): void {
    if (this.receivers.has(receive)) receive(hints);
  }
}
