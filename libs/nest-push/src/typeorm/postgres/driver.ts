/** The slices of the `pg` package that are used: its pool, its clients and, below `query`, the wire itself. */

/** What a PostgreSQL server or the socket to it said was wrong. */
export interface DriverError extends Error {
  readonly code?: string;
}

export interface Field {
  readonly name: string;
  readonly dataTypeID: number;
}

/** Messages to the server; what is sent is not waited for. */
export interface Wire {
  readonly stream: { cork(): void; uncork(): void; destroy(error?: Error): unknown };
  parse(statement: { readonly name: string; readonly text: string; readonly types: readonly number[] }): void;
  bind(values: { readonly portal: string; readonly statement: string; readonly values: readonly BindValue[] }): void;
  describe(portal: { readonly type: 'P'; readonly name: string }): void;
  execute(portal: { readonly portal: string; readonly rows: number }): void;
  close(statement: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
}

/** Texts travel as they are, buffers as the binary form of their type. */
export type BindValue = string | Buffer | null;

/** Something a client sends by itself, and is handed the answers to, until the server is ready again. */
export interface Submittable {
  submit(wire: Wire): Error | null;
  handleRowDescription(message: { readonly fields: readonly Field[] }): void;
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void;
  handleCommandComplete(): void;
  handleEmptyQuery(): void;
  handlePortalSuspended(): void;
  handleReadyForQuery(): void;
  handleError(error: DriverError): void;
}

export interface Client {
  readonly connection: Wire;
  query(one: Submittable): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'end', listener: () => void): unknown;
  /** With an error, or true, the client is not used again. */
  release(broken?: Error | boolean): void;
}

export interface Pool {
  connect(): Promise<Client>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'connect', listener: (client: Client) => void): unknown;
}

/** What TypeORM takes the pool's class from. */
export interface PgModule {
  readonly Pool: new (options: object) => Pool;
}
