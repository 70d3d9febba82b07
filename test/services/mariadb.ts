import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { programOf, required } from './binaries.js';
import type { Estate } from './estate.js';
import type { OwnProcess } from './own-process.js';
import { steadyPort } from './ports.js';
import { serverUser } from './system-user.js';

export interface MariaDbOptions {
  /** Lines for its command, without the dashes: `innodb-flush-log-at-trx-commit=2`, … */
  readonly settings?: readonly string[];
}

const START_MS = 60_000;
const DATABASE = 'push';
const run = promisify(execFile);

/** A MariaDB of the test's own: small, on a port and in a folder of its own. */
export class PrivateMariaDb {
  private constructor(
    private readonly estate: Estate,
    private readonly folder: string,
    private readonly settings: readonly string[],
    readonly port: number,
    private process: OwnProcess,
  ) {}

  static async start(estate: Estate, { settings = [] }: MariaDbOptions = {}): Promise<PrivateMariaDb> {
    const user = serverUser('mysql');
    const folder = estate.folder(user);
    const install = required(programOf('mariadb-install-db'), 'mariadb-install-db');
    const args = [
      '--no-defaults',
      `--datadir=${path.join(folder, 'data')}`,
      '--auth-root-authentication-method=normal',
    ];
    await run(install, [...args, '--skip-test-db'], {
      ...user,
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder },
    });
    const port = await steadyPort();
    const own = new PrivateMariaDb(estate, folder, settings, port, launch(estate, folder, settings, port));
    await own.answering();
    await own.sql(`CREATE DATABASE ${DATABASE}`);
    return own;
  }

  get url(): string {
    return `mysql://root@127.0.0.1:${this.port}/${DATABASE}`;
  }

  /** On a connection of its own. */
  async sql(text: string): Promise<Record<string, unknown>[]> {
    const connection = await createConnection({
      host: '127.0.0.1',
      port: this.port,
      user: 'root',
      connectTimeout: 2_000,
    });
    try {
      const [rows] = await connection.query<RowDataPacket[]>(text);
      return rows;
    } finally {
      connection.destroy();
    }
  }

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
    this.process = launch(this.estate, this.folder, this.settings, this.port);
    await this.answering();
  }

  private answering(): Promise<void> {
    const answers = (): Promise<boolean> => this.sql('SELECT 1').then(Boolean, () => false);
    return this.process.answering(answers, START_MS);
  }
}

function launch(estate: Estate, folder: string, settings: readonly string[], port: number): OwnProcess {
  const args = [
    'no-defaults',
    `datadir=${path.join(folder, 'data')}`,
    `port=${port}`,
    `socket=${path.join(folder, 'socket')}`,
    `pid-file=${path.join(folder, 'pid')}`,
    'bind-address=127.0.0.1',
    'innodb-buffer-pool-size=48M',
    'innodb-log-file-size=16M',
    'performance-schema=OFF',
    'skip-name-resolve',
    ...settings,
  ];
  const user = serverUser('mysql');
  return estate.start(
    required(programOf('mariadbd'), 'mariadbd'),
    args.map((one) => `--${one}`),
    { user, cwd: folder, env: { PATH: process.env.PATH, TZ: 'UTC' } },
  );
}
