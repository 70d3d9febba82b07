import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { ConnectOptions, TransportClient, TransportHarness } from 'push-core/testing';
import { serveTcp } from '../../../docs/examples/tcp-transport.js';
import { FrameReader } from './frame-reader.js';

export const tcpHarness: TransportHarness = {
  traits: {
    name: 'tcp',
    acknowledges: 'cumulative',
    resends: 'in place',
    remembers: true,
    window: true,
    carries: ['skip', 'gap', 'recall', 'read', 'signal'],
    goodbye: 'when to return',
  },
  async open(push) {
    const server = serveTcp(push, createServer());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sockets = new Set<Socket>();
    return {
      async connect(options) {
        const socket = connect(port, '127.0.0.1');
        sockets.add(socket);
        await new Promise((resolve) => socket.once('connect', resolve));
        return tcpClient(socket, options);
      },
      async close() {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  },
};

function tcpClient(socket: Socket, { token, device, resume, window }: ConnectOptions): TransportClient {
  const reader = new FrameReader();
  const send = (frame: object) => socket.write(`${JSON.stringify(frame)}\n`);
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') socket.write('\n');
      else reader.take(line);
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => reader.gone());
  send({ op: 'connect', token, device, resume, window });
  return {
    frames: reader.frames,
    ended: reader.ended,
    position: () => reader.position(),
    acknowledge: (s, seq) => void send({ op: 'ack', s, seq }),
    pause: () => void socket.pause(),
    unpause: () => void socket.resume(),
    drop: () => void socket.resetAndDestroy(),
    close: () => void socket.end(),
  };
}
