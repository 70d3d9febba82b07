import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { pathOf } from './door.js';

type Upgrade = (request: IncomingMessage, tcp: Duplex, head: Buffer) => void;

/**
 * Upgrades of one path are `take`'s alone, no listener of the server hears of them; whichever came first. An event goes to
 * every listener, and it is common for one to end what it does not know (Nest's WsAdapter, the example in the manual of `ws`):
 * it would end the sockets of its neighbours. Of other upgrades `pass` hears before any listener has answered.
 * Returns the function that gives the path back.
 */
export function claimUpgrades(server: Server, path: string, take: Upgrade, pass: Upgrade): () => void {
  const inner = Object.getOwnPropertyDescriptor(server, 'emit');
  const emitOn = server.emit.bind(server) as (event: string | symbol, ...args: unknown[]) => boolean;
  let isClaimed = true;
  const emit = (event: string | symbol, ...args: unknown[]): boolean => {
    if (event !== 'upgrade' || !isClaimed) return emitOn(event, ...args);
    const upgrade = args as Parameters<Upgrade>;
    if (pathOf(upgrade[0]) === path) {
      take(...upgrade);
      return true;
    }
    pass(...upgrade);
    return emitOn(event, ...args);
  };
  server.emit = emit as Server['emit'];
  server.on('upgrade', listening);
  return () => {
    isClaimed = false;
    server.off('upgrade', listening);
    // Somebody who has wrapped it since calls this one, which passes everything on.
    if (server.emit !== (emit as Server['emit'])) return;
    if (inner) Object.defineProperty(server, 'emit', inner);
    else delete (server as Partial<Server>).emit;
  };
}

/** Node upgrades nothing where nobody listens. */
function listening(): void {}
