import type { Timer } from '../../clock/clock.js';
import type { Push } from '../../push.js';
import type { ByteSocket } from './byte-socket.js';
import { PacketReader } from './client-packets.js';
import { MqttConnection } from './connection.js';
import { resolveSettings, type MqttSettings, type ResolvedSettings } from './options.js';
import { loadMqttPacket, type MqttPacketLibrary } from './packet-library.js';
import { Sessions } from './sessions.js';

const TICK_MS = 1000;

/** The connections of one door, and what they share. */
export class Site {
  readonly readers: { readonly connect: PacketReader; readonly 4: PacketReader; readonly 5: PacketReader };
  readonly sessions: Sessions;
  private readonly connections = new Set<MqttConnection>();
  /** Not let in yet. */
  private readonly outside = new Set<MqttConnection>();
  private ticker?: Timer;
  private isClosing = false;
  private emptied = (): void => undefined;

  private constructor(
    readonly push: Push,
    readonly settings: ResolvedSettings,
    readonly library: MqttPacketLibrary,
  ) {
    this.readers = {
      connect: new PacketReader(library, 4),
      4: new PacketReader(library, 4),
      5: new PacketReader(library, 5),
    };
    this.sessions = new Sessions(settings.clock, settings.sessions);
    this.planTick();
  }

  static async open(push: Push, given: MqttSettings): Promise<Site> {
    const settings = resolveSettings(given);
    return new Site(push, settings, given.packets ?? (await loadMqttPacket()));
  }

  /** A client has come; what happens to it from here on is its connection's business. */
  welcome(socket: ByteSocket): void {
    if (this.isClosing || this.outside.size >= this.settings.unconnected) return socket.destroy();
    const connection = new MqttConnection(this, socket);
    this.connections.add(connection);
    this.outside.add(connection);
    socket.listen(connection);
  }

  admitted(connection: MqttConnection): void {
    this.outside.delete(connection);
  }

  closed(connection: MqttConnection): void {
    this.outside.delete(connection);
    this.connections.delete(connection);
    if (this.connections.size === 0) this.emptied();
  }

  /** Everybody out; resolves when the last socket is gone. Who does not go is cut off. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const connection of this.connections) connection.shutDown();
    if (this.connections.size > 0) await new Promise<void>((resolve) => (this.emptied = resolve));
    this.ticker?.cancel();
  }

  private planTick(): void {
    this.ticker = this.settings.clock.after(TICK_MS, () => {
      const elapsed = this.settings.clock.elapsed();
      for (const connection of this.connections) connection.tick(elapsed);
      this.sessions.sweep();
      this.planTick();
    });
  }
}
