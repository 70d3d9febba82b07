import type { Logger } from 'typeorm';

/** TypeORM prints about migrations whatever `logging` says; a library does not print. */
export const QUIET_LOGGER: Logger = {
  logQuery() {},
  logQueryError() {},
  logQuerySlow() {},
  logSchemaBuild() {},
  logMigration() {},
  log() {},
};
