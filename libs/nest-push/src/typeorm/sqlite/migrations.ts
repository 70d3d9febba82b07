import type { MigrationInterface } from 'typeorm';
import type { TableNames } from '../table-names.js';
import { sqliteCarried } from './migration-carried.js';
import { sqliteRenewal } from './migration-renewal.js';
import { sqliteTenantAge } from './migration-tenant-age.js';
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
  sqliteCarried(names),
  sqliteRenewal(names),
  sqliteTenantAge(names),
];
