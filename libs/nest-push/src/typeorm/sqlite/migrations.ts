import type { MigrationInterface } from 'typeorm';
import type { TableNames } from '../table-names.js';
import { sqliteInitial } from './migration-initial.js';
import { sqliteJobs } from './migration-jobs.js';
import { sqliteOffline } from './migration-offline.js';
import { sqliteState } from './migration-state.js';

/** Every migration, oldest first. */
export const sqliteMigrations = (names: TableNames): (new () => MigrationInterface)[] => [
  sqliteInitial(names),
  sqliteState(names),
  sqliteJobs(names),
  sqliteOffline(names),
];
