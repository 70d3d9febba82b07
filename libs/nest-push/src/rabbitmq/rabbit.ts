import type { Bus, BusStatus, Queue } from 'push-core';

/** What a node has done with hints since it was made. */
export interface HintCounts {
  readonly sent: number;
  /** The broker's messages they went in. */
  readonly messages: number;
  /** Not sent, or not known to have arrived. */
  readonly dropped: number;
  readonly received: number;
  /** Not understood, or failed on by a receiver. */
  readonly ignored: number;
}

export interface ConsumerCount {
  /** How many consumers there should be, and how many are registered. */
  readonly wanted: number;
  readonly actual: number;
}

export interface RabbitStatus extends BusStatus {
  /** Of hints and of work. Fewer than wanted are there while the connection is down, and for moments after. */
  readonly consumers: ConsumerCount;
  readonly hints: HintCounts;
}

/** Bus and queue of one node over one connection, which there is while one of them is in use. */
export interface Rabbit {
  readonly bus: Bus;
  readonly queue: Queue;
  status(): RabbitStatus;
  /** Called when state or reason has changed. Returns the function that ends it. */
  onChange(listener: (status: RabbitStatus) => void): () => void;
  /** Ends bus, queue and connection. What is in hand has a few seconds; then it is the broker's again. */
  close(): Promise<void>;
}
