import { PushError } from 'push-core';

/** The slice of `mysql2` that is needed. */
export interface Driver {
  createConnection(options: DriverOptions): DriverConnection;
}

export interface DriverOptions {
  readonly host?: string;
  readonly port?: number;
  readonly socketPath?: string;
  readonly user?: string;
  readonly password?: string;
  readonly database: string;
  readonly ssl?: object | string;
  readonly charset: string;
  readonly connectTimeout: number;
  readonly supportBigNumbers: boolean;
  readonly bigNumberStrings: boolean;
  readonly decimalNumbers: boolean;
  readonly multipleStatements: boolean;
}

export interface DriverConnection {
  connect(done: (error: unknown) => void): void;
  query(text: string, parameters: readonly unknown[], done: (error: unknown, answer: unknown) => void): void;
  /** The text with its parameters in their places. */
  format(text: string, parameters: readonly unknown[]): string;
  /** Says goodbye, and then closes. */
  end(done: () => void): void;
  on(event: 'error' | 'end', listener: (error?: unknown) => void): unknown;
  /** The same connection, as TypeORM uses it. */
  promise(): unknown;
  readonly stream: { destroy(): unknown };
}

/** TypeORM and the driver are optional peers: nothing is loaded before a store is opened. */
export async function loadPeers(driver?: unknown): Promise<{ typeorm: typeof import('typeorm'); driver: Driver }> {
  try {
    const typeorm = await import('typeorm');
    if (driver) return { typeorm, driver: driver as Driver };
    const mysql2 = (await import('mysql2')) as unknown as Driver & { default?: Driver };
    return { typeorm, driver: mysql2.default ?? mysql2 };
  } catch (cause) {
    throw new PushError('INTERNAL', 'The MariaDB and MySQL store needs two packages: npm install typeorm mysql2', {
      cause,
    });
  }
}
