import type { TableNames } from '../table-names.js';
import { sql } from './names.js';
import { ID, STREAM, TABLE } from './tables.js';

/**
 * What version 2 adds. A notification's `device` is `''` where it is about the user as a whole; `due_at` is when it is to be looked
 * at again, of one that is `sending` by somebody else. A token is known by its digest. A message is spared when
 * retention has removed its entries, but not it, since a job is about it.
 */
export const createOfflineTables = (t: TableNames): string[] => [
  sql`CREATE TABLE IF NOT EXISTS "${t.notification}" (
    tenant ${ID} NOT NULL, message_id ${ID} NOT NULL, "user" ${ID} NOT NULL, device ${ID} NOT NULL,
    state VARCHAR(16) NOT NULL, due_at BIGINT NOT NULL, attempts BIGINT NOT NULL, unknown_attempts BIGINT NOT NULL,
    owner VARCHAR(512), provider VARCHAR(64), notification_id ${ID} NOT NULL, provider_id VARCHAR(512),
    reason VARCHAR(255), stream ${STREAM} NOT NULL, seq BIGINT NOT NULL, thread ${ID}, created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL, shown_at BIGINT, opened_at BIGINT, retracted_at BIGINT, covers BIGINT NOT NULL,
    PRIMARY KEY (tenant, message_id, "user", device), KEY by_due (state, tenant, due_at, created_at), KEY by_end (state, updated_at),
    KEY by_outstanding (tenant, "user", state, retracted_at, created_at),
    KEY by_device (tenant, "user", device, provider, state, updated_at),
    KEY by_thread (tenant, "user", thread, state, created_at),
    KEY by_provider (tenant, provider, provider_id), KEY by_name (tenant, notification_id)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.setting}" (
    tenant ${ID} NOT NULL, "name" VARCHAR(200) NOT NULL, "value" MEDIUMTEXT NOT NULL, version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL, PRIMARY KEY (tenant, "name")) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.preference}" (
    tenant ${ID} NOT NULL, "user" ${ID} NOT NULL, preferences MEDIUMTEXT NOT NULL, updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, "user")) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.token}" (
    tenant ${ID} NOT NULL, digest VARCHAR(64) NOT NULL, "user" ${ID} NOT NULL, device ${ID} NOT NULL,
    registered_at BIGINT NOT NULL, PRIMARY KEY (tenant, digest), KEY by_device (tenant, "user", device)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.spared}" (
    tenant ${ID} NOT NULL, id ${ID} NOT NULL, "at" BIGINT NOT NULL, PRIMARY KEY (tenant, id), KEY by_time ("at")) ${TABLE}`,
];
