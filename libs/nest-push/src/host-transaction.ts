import type { HostTransaction } from 'push-core';

/** The slice of TypeORM's `EntityManager` that is needed to join its transaction. */
export interface TransactionManager {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** TypeORM is an optional peer: nothing of it is loaded before a host hands over a manager. */
export async function joinTypeOrm(manager: TransactionManager, store: unknown): Promise<HostTransaction> {
  const { typeOrmTransaction } = await import('./typeorm/index.js').catch((cause: unknown) => {
    throw new Error('publish({ manager }) needs TypeORM: npm install typeorm', { cause });
  });
  return typeOrmTransaction(manager, { tablePrefix: tablePrefixOf(store) });
}

/** Tables are named as the module's own store names them. */
function tablePrefixOf(store: unknown): string | undefined {
  const prefix = (store as { readonly tablePrefix?: unknown } | undefined)?.tablePrefix;
  return typeof prefix === 'string' ? prefix : undefined;
}
