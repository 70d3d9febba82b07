import type { ChannelModel, SocketOptions } from 'amqplib';
import { PushError } from 'push-core';
import type { BrokerAddress } from './broker-address.js';
import { troubleText } from './trouble.js';

export interface Dialled {
  readonly connection: ChannelModel;
  /** Of the broker it leads to, without the password. */
  readonly address: string;
}

/**
 * Opens a connection. Aborting the signal ends the attempt, or the connection it led to, and with it the socket: the
 * driver alone only says goodbye to a peer that died, and the socket stays.
 *
 * Rejects with the broker's name and the reason in the message, never with a password.
 */
export type Dial = (attempt: number, called: string, signal: AbortSignal) => Promise<Dialled>;

export function dialer(addresses: readonly BrokerAddress[], heartbeatSeconds: number): Dial {
  return async (attempt, called, signal) => {
    const { connect } = await loadDriver();
    const { name, options } = addresses[attempt % addresses.length] as BrokerAddress;
    const sockets: SocketOptions & { signal: AbortSignal } = {
      noDelay: true,
      keepAlive: true,
      clientProperties: { connection_name: called },
      signal,
    };
    try {
      signal.throwIfAborted();
      return { connection: await connect({ ...options, heartbeat: heartbeatSeconds }, sockets), address: name };
    } catch (thrown) {
      // Without the cause: what the driver says is taken as text, after the password is out of it.
      throw new PushError('BROKER_UNAVAILABLE', `${name}: ${without(options.password, troubleText(thrown))}`);
    }
  };
}

/** The driver is an optional peer: nothing is loaded before a connection is wanted. Rejects with what to install. */
export async function loadDriver(): Promise<Pick<typeof import('amqplib'), 'connect'>> {
  try {
    return await import('amqplib');
  } catch (cause) {
    throw new PushError('INTERNAL', 'RabbitMQ needs a package: npm install amqplib', { cause });
  }
}

function without(password: string, text: string): string {
  const spellings = [password, encodeURIComponent(password)].filter((one) => one !== '');
  return spellings.reduce((clean, one) => clean.replaceAll(one, '***'), text);
}
