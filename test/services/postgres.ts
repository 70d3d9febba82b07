import { execFile } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { postgresProgram, required } from './binaries.js';
import type { Estate } from './estate.js';
import type { OwnProcess } from './own-process.js';
import { steadyPort } from './ports.js';
import { serverUser } from './system-user.js';

export interface PostgresOptions {
  /** Where its data lies, for a disk of its own. Default: a folder of its own. */
  readonly folder?: string;
  /** `synchronous_commit: 'off'`, … */
  readonly settings?: Readonly<Record<string, string>>;
  /** More for its environment: another clock, for instance. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What is used of `pg`, which brings no types. */
interface PgClient {
  on(event: 'error', heard: () => void): void;
  connect(): Promise<void>;
  query(text: string): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
}
interface Pg {
  Client: new (options: { connectionString: string; connectionTimeoutMillis: number }) => PgClient;
}

const START_MS = 60_000;
const run = promisify(execFile);

/** A PostgreSQL of the test's own: small, on a port and in a folder of its own, as durable as the real one. */
export class PrivatePostgres {
  private constructor(
    private readonly estate: Estate,
    private readonly data: string,
    private readonly options: PostgresOptions,
    readonly port: number,
    private process: OwnProcess,
  ) {}

  static async start(estate: Estate, options: PostgresOptions = {}): Promise<PrivatePostgres> {
    const user = serverUser('postgres');
    const parent = options.folder ?? estate.folder(user);
    const data = path.join(parent, 'data');
    mkdirSync(data, { mode: 0o700 });
    if (user) chownSync(data, user.uid, user.gid);
    const initdb = required(postgresProgram('initdb'), 'initdb');
    // Small segments: a small disk is then filled by rows, not by the log.
    const args = [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-locale',
      '--no-sync',
      '--wal-segsize=1',
    ];
    await run(initdb, args, { ...user, cwd: data });
    const port = await steadyPort();
    const own = new PrivatePostgres(estate, data, options, port, launch(estate, data, options, port));
    await own.answering();
    return own;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** On a connection of its own. */
  async sql(text: string): Promise<Record<string, unknown>[]> {
    const pg = createRequire(__filename)('pg') as Pg;
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** The server and every process of its. */
  kill9(): Promise<void> {
    return this.process.kill9();
  }
  stop(): void {
    this.process.stop();
  }
  continue(): void {
    this.process.continue();
  }

  /** On the same data, after `kill9`. Resolves when it answers. */
  async restart(): Promise<void> {
    await this.kill9();
    this.process = launch(this.estate, this.data, this.options, this.port);
    await this.answering();
  }

  private answering(): Promise<void> {
    const answers = (): Promise<boolean> => this.sql('SELECT 1').then(Boolean, () => false);
    return this.process.answering(answers, START_MS);
  }
}

function launch(estate: Estate, data: string, { settings, env }: PostgresOptions, port: number): OwnProcess {
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: data,
    shared_buffers: '32MB',
    max_connections: '80',
    max_wal_size: '32MB',
    min_wal_size: '8MB',
    fsync: 'on',
    synchronous_commit: 'on',
    ...settings,
  };
  const args = ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const user = serverUser('postgres');
  return estate.start(required(postgresProgram('postgres'), 'postgres'), args, {
    user,
    cwd: data,
    env: { PATH: process.env.PATH, TZ: 'UTC', LANG: 'C.UTF-8', ...env },
  });
}
