/** Kept for a client that has not subscribed to events yet. */
const KEPT = 64;

/**
 * What has no place in a stream, as PUBLISH packets with QoS 0. What the core says while it admits the device (what
 * retention has removed, what was recalled meanwhile) comes before any SUBSCRIBE can: a little of it waits.
 */
export class Events {
  private isOpen = false;
  private waiting: Buffer[] = [];

  constructor(private readonly packetBytes: number) {}

  get areSubscribed(): boolean {
    return this.isOpen;
  }

  offer(packet: Buffer, isVolatile: boolean, out: Buffer[]): void {
    if (packet.length > this.packetBytes) return;
    if (this.isOpen) out.push(packet);
    else if (!isVolatile && this.waiting.length < KEPT) this.waiting.push(packet);
  }

  subscribe(): void {
    this.isOpen = true;
  }

  unsubscribe(): void {
    this.isOpen = false;
  }

  release(out: Buffer[]): void {
    if (!this.isOpen || this.waiting.length === 0) return;
    out.push(...this.waiting);
    this.waiting = [];
  }
}
