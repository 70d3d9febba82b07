import { LIMITS } from '../../model/limits.js';

/** What a client sends before it has its CONNACK, bounded; handled in order afterwards. */
export class HeldPackets {
  readonly packets: Buffer[] = [];
  private bytes = 0;

  /** False when that is more than is held for anybody. */
  add(packet: Buffer): boolean {
    // A copy: the chunk it came in is larger.
    this.packets.push(Buffer.from(packet));
    this.bytes += packet.length;
    return this.packets.length <= LIMITS.framesBeforeConnected && this.bytes <= LIMITS.bytesBeforeConnected;
  }
}
