import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Push } from '../../push.js';
import type { MqttOptions } from './options.js';
import { Site } from './site.js';
import { TcpSocket } from './tcp-socket.js';

/**
 * Serves MQTT 3.1.1 and 5 on a TCP port of its own, with TLS where `tls` is given. Resolves when it listens, with the
 * port. Rejects where it cannot listen, and when `mqtt-packet` is not installed.
 */
export async function attachMqtt(push: Push, options: MqttOptions): Promise<{ port: number; close(): Promise<void> }> {
  const { port, host = '127.0.0.1', tls, ...settings } = options;
  const site = await Site.open(push, settings);
  const join = (socket: Socket): void => site.welcome(new TcpSocket(socket));
  const server = tls ? createTlsServer(tls, join) : createServer(join);
  // A broken TLS handshake ends its socket by itself.
  server.on('tlsClientError', () => undefined);
  try {
    await listening(server, port, host);
  } catch (error) {
    await site.close();
    throw error;
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
      await site.close();
      await stopped;
    },
  };
}

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
