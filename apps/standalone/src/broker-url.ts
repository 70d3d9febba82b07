import { ENCODED, parsedUrl, schemeOf, withoutSecrets } from './database-url.js';

/** What to do when the broker is not there at the start. */
export const BROKER_STARTUPS = ['wait', 'degraded', 'fail'] as const;
export type BrokerStartup = (typeof BROKER_STARTUPS)[number];

export interface BrokerConfig {
  /** May hold a password: not to be shown. */
  readonly url: string;
  readonly startup: BrokerStartup;
  /** Names of queues and exchanges begin with it. */
  readonly prefix: string;
  /** Publishes are taken from the broker too. */
  readonly ingress: boolean;
}

/** Between two nodes of one broker. */
const SEPARATOR = /\s*,\s*(?=amqps?:\/\/)/i;

/** What is wrong with it and what to do; undefined when nothing is. */
export const brokerUrl = (urls: string): string | undefined =>
  urls
    .split(SEPARATOR)
    .map(oneUrl)
    .find((complaint) => complaint !== undefined);

function oneUrl(url: string): string | undefined {
  const scheme = schemeOf(url);
  if (scheme !== 'amqp' && scheme !== 'amqps')
    return `${withoutSecrets(url)} is no broker; use amqp://user:password@host or amqps://…, or leave it unset`;
  const parsed = parsedUrl(url);
  if (!parsed || parsed.hostname === '')
    return `the ${scheme}:// url cannot be read; write ${scheme}://user:password@host, and ${ENCODED}`;
  if (parsed.pathname.slice(1).includes('/'))
    return `the ${scheme}:// url names a virtual host with a slash in it; write that slash as %2F`;
  return undefined;
}
