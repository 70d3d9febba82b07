import { PushError } from '../errors.js';
import type { Bus, BusStatus, Hint } from './bus.js';

/** Joins the nodes of one process; a hub makes any number of buses that hear each other once they are open. */
export class InProcessBusHub {
  private readonly nodes = new Map<string, InProcessBus>();

  join(): Bus {
    return new InProcessBus(this.nodes);
  }
}

class InProcessBus implements Bus {
  private readonly receivers = new Set<(hints: readonly Hint[]) => void>();
  /** Its name while it is open. */
  private node?: string;
  private closed = false;

  constructor(private readonly nodes: Map<string, InProcessBus>) {}

  async open(node: string): Promise<void> {
    if (this.node === node) return;
    if (this.closed || this.node !== undefined) throw refused(`This bus is ${this.closed ? 'closed' : 'open already'}`);
    if (this.nodes.has(node)) throw refused(`There is another node named "${node}"`);
    this.node = node;
    this.nodes.set(node, this);
  }

  send(node: string, hints: readonly Hint[]): Promise<void> {
    const other = this.nodes.get(node);
    if (this.node !== undefined && other !== undefined && other !== this) other.receive(hints);
    return Promise.resolve();
  }

  broadcast(hints: readonly Hint[]): Promise<void> {
    if (this.node === undefined) return Promise.resolve();
    for (const other of this.nodes.values()) if (other !== this) other.receive(hints);
    return Promise.resolve();
  }

  onHints(receive: (hints: readonly Hint[]) => void): () => void {
    this.receivers.add(receive);
    return () => this.receivers.delete(receive);
  }

  status(): BusStatus {
    if (this.node !== undefined) return { state: 'up' };
    return { state: 'down', reason: this.closed ? 'closed' : 'not opened yet' };
  }

  close(): Promise<void> {
    if (this.node !== undefined) this.nodes.delete(this.node);
    this.node = undefined;
    this.closed = true;
    this.receivers.clear();
    return Promise.resolve();
  }

  private receive(hints: readonly Hint[]): void {
    for (const receiver of this.receivers)
      queueMicrotask(() => {
        if (this.receivers.has(receiver)) receiver(hints);
      });
  }
}

const refused = (message: string): PushError => new PushError('INVALID', message, { field: 'node' });
