import type { MigrationInterface } from 'typeorm';
import type { TableNames } from '../table-names.js';
import { postgresCarried } from './migration-carried.js';
import { postgresRenewal } from './migration-renewal.js';
import { postgresTenantAge } from './migration-tenant-age.js';
import { postgresInitial } from './migration-initial.js';
import { postgresOffline } from './migration-offline.js';

/** Every migration, oldest first. */
export const postgresMigrations = (names: TableNames): (new () => MigrationInterface)[] => [
  postgresInitial(names),
  postgresOffline(names),
  postgresCarried(names),
  postgresRenewal(names),
  postgresTenantAge(names),
];
