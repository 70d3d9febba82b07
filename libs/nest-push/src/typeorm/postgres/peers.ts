import { PushError } from 'push-core';
import type { PgModule } from './driver.js';

export interface Peers {
  readonly typeorm: typeof import('typeorm');
  readonly pg: PgModule;
}

/** TypeORM and the driver are optional peers: nothing is loaded before a store is opened. */
export async function loadPeers(driver?: PgModule): Promise<Peers> {
  // The package has no types of its own; by a variable, TypeScript does not look for them.
  const name: string = 'pg';
  try {
    const typeorm = await import('typeorm');
    if (driver) return { typeorm, pg: driver };
    const pg = (await import(name)) as PgModule & { readonly default?: PgModule };
    return { typeorm, pg: pg.default ?? pg };
  } catch (cause) {
    throw new PushError('INTERNAL', 'The PostgreSQL store needs two packages: npm install typeorm pg', { cause });
  }
}
