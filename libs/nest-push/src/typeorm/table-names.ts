import { PushError } from 'push-core';

export const DEFAULT_PREFIX = 'push_';

/** The tables of one installation. Several live in one database under different prefixes. */
export interface TableNames {
  readonly message: string;
  readonly entry: string;
  readonly stream: string;
  readonly idempotency: string;
  readonly cursor: string;
  readonly device: string;
  readonly subscription: string;
  readonly follow: string;
  readonly readMark: string;
  readonly presence: string;
  readonly node: string;
  readonly revocation: string;
  readonly ticket: string;
  readonly job: string;
  readonly notification: string;
  readonly setting: string;
  readonly preference: string;
  readonly token: string;
  readonly spared: string;
  readonly renewal: string;
  readonly meta: string;
  readonly migrations: string;
}

/** The prefix becomes part of the SQL text, so it is held to letters, digits and `_`. */
export function tableNames(prefix: string = DEFAULT_PREFIX): TableNames {
  if (!/^([A-Za-z_][A-Za-z0-9_]{0,31})?$/.test(prefix)) {
    throw new PushError('INVALID', 'tablePrefix must be up to 32 letters, digits or _, not beginning with a digit', {
      field: 'tablePrefix',
    });
  }
  return {
    message: `${prefix}message`,
    entry: `${prefix}entry`,
    stream: `${prefix}stream`,
    idempotency: `${prefix}idempotency`,
    cursor: `${prefix}cursor`,
    device: `${prefix}device`,
    subscription: `${prefix}subscription`,
    follow: `${prefix}follow`,
    readMark: `${prefix}read_mark`,
    presence: `${prefix}presence`,
    node: `${prefix}node`,
    revocation: `${prefix}revocation`,
    ticket: `${prefix}ticket`,
    job: `${prefix}job`,
    notification: `${prefix}notification`,
    setting: `${prefix}setting`,
    preference: `${prefix}preference`,
    token: `${prefix}token`,
    spared: `${prefix}spared`,
    renewal: `${prefix}renewal`,
    meta: `${prefix}meta`,
    migrations: `${prefix}migrations`,
  };
}
