import { isPushError } from 'push-core';
import type { BrokerConfig } from './broker-url.js';
import { chainOf, codeBehind, troubleOf } from './database-trouble.js';
import type { SqlServerConfig } from './database-url.js';

/** The server cannot start for a reason the operator can mend; the message names the variable. */
export class StartFailed extends Error {
  override readonly name = 'StartFailed';
  constructor(
    message: string,
    /** 2: the configuration is wrong. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

const codeOf = (error: unknown): string => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
};
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The variables that set an address to listen on. */
interface ListenVariables {
  readonly host: string;
  readonly port: string;
}
const HTTP: ListenVariables = { host: 'PUSH_HOST', port: 'PUSH_PORT' };
export const MQTT: ListenVariables = { host: 'PUSH_MQTT_HOST', port: 'PUSH_MQTT_PORT' };

export function cannotListen(error: unknown, host: string, port: number, variables = HTTP): Error {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartFailed(
        `${variables.port}: port ${port} on ${host} is in use; end what uses it, or set ${variables.port} to another one`,
      );
    case 'EACCES':
      return new StartFailed(
        `${variables.port}: this user may not listen on port ${port}; set ${variables.port} to one above 1023`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartFailed(
        `${variables.host}: this machine has no address ${host}; set ${variables.host} to one it has, for example 127.0.0.1`,
      );
    default:
      return error instanceof Error ? error : new Error(textOf(error));
  }
}

/** A SQLite file. */
export function cannotOpen(error: unknown, path: string): Error {
  const cause = (error as { cause?: unknown }).cause;
  const reason = cause instanceof Error ? `${textOf(error)} (${cause.message})` : textOf(error);
  return new StartFailed(
    `PUSH_DATABASE_URL: cannot open ${path}: ${reason.replaceAll('\n', ' ')}; give a file this user may write`,
  );
}

const PRODUCTS = { postgres: 'PostgreSQL', mysql: 'MariaDB or MySQL' } as const;
const PORTS = { postgres: 5432, mysql: 3306 } as const;

/** A database server. What nobody can mend from outside is answered as it came. */
export function cannotUse(error: unknown, { kind, url, waitMs }: SqlServerConfig): Error {
  const { hostname, port, username, password, pathname } = new URL(url);
  const place = `${hostname}:${port || PORTS[kind]}`;
  const product = PRODUCTS[kind];
  const user = JSON.stringify(decodeURIComponent(username));
  const name = JSON.stringify(decodeURIComponent(pathname.slice(1)));
  const code = codeBehind(error);
  const why = code === '' ? '' : ` (${code})`;
  const failed = (text: string): StartFailed => new StartFailed(`PUSH_DATABASE_URL: ${text}`);
  // The store has looked closer, and says what to do itself.
  if (isPushError(error) && error.field === 'url') return failed(error.message);
  switch (troubleOf(error)) {
    case 'unreachable':
      return failed(
        `no ${product} answered at ${place} within ${waitMs} ms${why}; start it, correct host and port, or wait longer for it with PUSH_DATABASE_WAIT_MS`,
      );
    case 'busy':
      return failed(
        `${product} at ${place} has no connection or lock to give${why}; let it take more, or set PUSH_DATABASE_CONNECTIONS lower on every node`,
      );
    case 'full':
      return failed(`${product} at ${place} has no space left${why}; give it some`);
    case 'credentials':
      return failed(`${product} at ${place} does not let user ${user} in${why}; correct user and password`);
    case 'no-database':
      return failed(`there is no database ${name} at ${place}${why}; create it, or name one there is`);
    case 'no-right':
      return failed(
        `user ${user} may not use database ${name} at ${place} as needed${why}; grant it the right to make and use tables there`,
      );
    case 'encryption':
      return failed(
        `the connection to ${place} is not encrypted the way ${product} and the url want it${why}; correct the TLS settings in the url`,
      );
    case 'other': {
      if (code === '' && !chainOf(error).some((one) => codeOf(one).startsWith('STORE_')))
        return error instanceof Error ? error : new Error(textOf(error));
      const reason = without([password, decodeURIComponent(password)], textOf(chainOf(error).at(-1)));
      return failed(`${product} at ${place} refused what this server needs${why}: ${reason}`);
    }
  }
}

export function cannotJoin(error: unknown, { startup }: BrokerConfig): Error {
  const reason = textOf(error).replaceAll('\n', ' ');
  const remedy = /ACCESS.REFUSED|\b403\b/.test(reason)
    ? 'correct user and password'
    : /NOT.ALLOWED|\b530\b|ConnectionOpenOk/.test(reason)
      ? 'correct the virtual host at the end of the url, or give the user the right to it'
      : 'start RabbitMQ, or correct host and port';
  return new StartFailed(
    `PUSH_BROKER_URL: ${reason}; ${remedy}. PUSH_BROKER_STARTUP is "${startup}"; with "degraded" the server starts without the broker and looks for it`,
  );
}

function without(secrets: readonly string[], text: string): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((clean, secret) => clean.replaceAll(secret, '…'), text.replaceAll('\n', ' '));
}
