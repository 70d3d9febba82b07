import type { ArrivedHint, Hint } from '../cluster/bus.js';
import { CLOSE } from '../close-reasons.js';
import { streamKey } from '../model/stream.js';
import type { ResolvedOptions } from '../options.js';
import type { Connection } from './connection.js';
import type { PresenceBook } from './presence-book.js';

/**
 * One link a device: the one that was accepted last, here or on another node. On this node the older one gives way at
 * once; nodes tell each other of theirs.
 */
export class DeviceLinks {
  private readonly byUser = new Map<string, Connection[]>();

  constructor(
    private readonly options: ResolvedOptions,
    private readonly presence: PresenceBook,
    private readonly tellOthers: (hints: readonly Hint[]) => void,
  ) {}

  ofUser(tenant: string, user: string): readonly Connection[] {
    return this.byUser.get(streamKey(tenant, user)) ?? [];
  }

  of({ tenant, user, device }: { tenant: string; user: string; device: string }): Connection | undefined {
    return this.ofUser(tenant, user).find((one) => one.device === device);
  }

  /** From here on it is the device's link, unless a newer one is there: then it is closed itself. */
  add(connection: Connection): void {
    const other = this.of(connection);
    // A link that took long to be admitted may be the older one by now.
    if (other && other.order > connection.order) return connection.close(CLOSE.replaced);
    other?.close(CLOSE.replaced);
    const key = streamKey(connection.tenant, connection.user);
    const others = this.byUser.get(key);
    if (others) others.push(connection);
    else this.byUser.set(key, [connection]);
  }

  remove(connection: Connection): void {
    const key = streamKey(connection.tenant, connection.user);
    const mine = this.byUser.get(key)?.filter((one) => one !== connection);
    if (mine?.length) this.byUser.set(key, mine);
    else this.byUser.delete(key);
  }

  tellArrived({ tenant, user, device, id, since }: Connection): void {
    this.tellOthers([{ kind: 'arrived', tenant, user, device, connection: id, at: since }]);
  }

  /**
   * The device has a link on another node. Where that one is the older, it has only taken longer to be admitted, and has put
   * itself into the directory meanwhile: that is put right, and it is told.
   */
  heardOf(hint: ArrivedHint): void {
    const own = this.of(hint);
    if (!own || own.id === hint.connection) return;
    if (own.since < hint.at) return own.close(CLOSE.replaced);
    if (own.since === hint.at) return void this.askDirectory(own).catch(() => undefined);
    this.presence.announce([own]).catch(() => undefined);
    this.tellArrived(own);
  }

  /** Accepted in the same millisecond: whom the directory names stays. */
  private async askDirectory(own: Connection): Promise<void> {
    const { store, clock, life } = this.options;
    const [devices] = await store.presence.load(own.tenant, [own.user], clock.now());
    const named = devices?.find(({ device }) => device === own.device);
    if (named && named.node !== life) own.close(CLOSE.replaced);
  }
}
