import type { Client, PgModule, Pool } from './driver.js';

/** A pool whose connections cannot take the process down, and can all be let go of at once. */
export class WatchedPool {
  /** For TypeORM, which makes the pool itself. */
  readonly driver: PgModule;
  private readonly clients = new Map<Client, Promise<void>>();
  private made?: Pool;

  constructor(pg: PgModule) {
    const watch = (options: object) => this.watch(new pg.Pool(options));
    this.driver = {
      Pool: class {
        constructor(options: object) {
          return watch(options);
        }
      } as PgModule['Pool'],
    };
  }

  get pool(): Pool {
    return this.made as Pool;
  }

  /** Resolves when no connection is left. The pool's own end does not wait for that. */
  async ended(): Promise<void> {
    await Promise.all(this.clients.values());
  }

  /** Without a word to the server: what is under way fails. */
  destroy(): void {
    for (const client of this.clients.keys()) client.connection.stream.destroy();
  }

  private watch(pool: Pool): Pool {
    this.made = pool;
    // Whoever uses a connection is told by its query. An `error` nobody listens to would end the process.
    const ignored = () => {};
    pool.on('error', ignored);
    pool.on('connect', (client) => {
      client.on('error', ignored);
      const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
      this.clients.set(
        client,
        ended.then(() => void this.clients.delete(client)),
      );
    });
    return pool;
  }
}
