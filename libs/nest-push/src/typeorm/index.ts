export { createTypeOrmStore, TypeOrmStore, type TypeOrmStoreOptions } from './typeorm-store.js';
export type { DatabaseKind, DatabaseLocation } from './database-location.js';
export { typeOrmTransaction, type TransactionManager } from './typeorm-transaction.js';
export { pushEntities } from './entities/push-entities.js';
export { pushMigrations } from './migrations/push-migrations.js';
