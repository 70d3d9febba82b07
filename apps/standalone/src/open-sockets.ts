import type { Server, Socket } from 'node:net';

/** Everything that is connected to a server. Node's own list leaves out what was upgraded, and waits for it all the same. */
export function openSockets(server: Server): { readonly count: number; cutOff(): void } {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    get count() {
      return sockets.size;
    },
    cutOff: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
