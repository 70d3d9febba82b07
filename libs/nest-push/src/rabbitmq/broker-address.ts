import type { Options } from 'amqplib';
import { PushError } from 'push-core';

/** One node of the broker. Holds a password: not to be kept where it could be printed. */
export interface BrokerAddress {
  /** For people: without the password. */
  readonly name: string;
  readonly options: Readonly<Options.Connect> & { readonly password: string };
}

/** Between two addresses; a comma inside one is left alone. */
const SEPARATOR = /\s*,\s*(?=amqps?:\/\/)/i;

export function brokerAddresses(url: string): BrokerAddress[] {
  if (typeof url !== 'string') throw refused('must be a text');
  return url.trim().split(SEPARATOR).map(brokerAddress);
}

function brokerAddress(text: string): BrokerAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // Not the parser's own error: it quotes the text.
    throw refused('must look like amqp://user:password@host:5672/vhost');
  }
  const protocol = url.protocol.slice(0, -1);
  if (protocol !== 'amqp' && protocol !== 'amqps') throw refused('must begin with amqp:// or amqps://');
  if (url.hostname === '') throw refused('names no host');
  const port = url.port === '' ? (protocol === 'amqps' ? 5671 : 5672) : Number(url.port);
  const nobody = url.username === '' && url.password === '';
  const username = nobody ? 'guest' : decoded(url.username);
  const vhost = url.pathname.slice(1);
  return {
    name: `${protocol}://${encodeURIComponent(username)}@${url.hostname}:${port}/${vhost}`,
    options: {
      protocol,
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port,
      username,
      password: nobody ? 'guest' : decoded(url.password),
      vhost: decodable(vhost),
    },
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused('holds a % that encodes nothing');
  }
}

/** The driver decodes it. */
function decodable(text: string): string {
  decoded(text);
  return text;
}

const refused = (rule: string): PushError => new PushError('INVALID', `"url" ${rule}`, { field: 'url' });
