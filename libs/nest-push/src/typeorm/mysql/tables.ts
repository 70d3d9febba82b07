import type { TableNames } from '../table-names.js';
import { LENGTH_STEP } from './length-step.js';
import { sql } from './names.js';

/** An id: up to 128 characters; a stream's is one longer. Compared by code point, as `utf8mb4_bin` does. */
export const ID = 'VARCHAR(128)';
export const STREAM = 'VARCHAR(129)';

/** Whatever the database's own defaults are. Ids of four bytes a character need the long index keys of `DYNAMIC`. */
export const TABLE = 'ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/**
 * The tables of version 1.
 *
 * Rows lie in the order of the primary key, so that is the order they are walked in; unique keys beside it would lock
 * gaps. `utf8mb4_bin` pads with spaces: ids hold none, but an idempotency key may end in some, so it is kept as bytes.
 * A stream's `length` is how many entries it keeps, in steps. `held_until` is set while a message is held; `oldest_at` is
 * the `joined_at` of a stream's oldest entry, null when it has none. What lies at or before `began` the device of a
 * cursor never acknowledged. A read mark of a whole stream has the thread `''`. `online_until` is null for a device that
 * is not connected, and beyond any time for one whose connection has no end of its own. A job's `no` is the order jobs
 * were stored in; its `lease_until` is when it can be claimed again, whether it is held or was given back.
 */
export const createTables = (t: TableNames): string[] => [
  sql`CREATE TABLE IF NOT EXISTS "${t.message}" (
    tenant ${ID} NOT NULL, id ${ID} NOT NULL, "type" ${ID} NOT NULL, thread ${ID}, "data" MEDIUMTEXT,
    audience LONGTEXT NOT NULL, notification MEDIUMTEXT, "options" MEDIUMTEXT NOT NULL, accepted_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL, due_at BIGINT, held_until BIGINT, recalled_at BIGINT,
    PRIMARY KEY (tenant, id), KEY by_release (held_until), KEY by_recall (recalled_at)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.entry}" (
    tenant ${ID} NOT NULL, stream ${STREAM} NOT NULL, seq BIGINT NOT NULL, message_id ${ID} NOT NULL, thread ${ID},
    joined_at BIGINT NOT NULL, "filter" MEDIUMTEXT,
    PRIMARY KEY (tenant, stream, seq), KEY by_message (tenant, message_id, stream)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.stream}" (
    tenant ${ID} NOT NULL, stream ${STREAM} NOT NULL, head BIGINT NOT NULL, "first" BIGINT NOT NULL, oldest_at BIGINT,
    "length" BIGINT AS ((head - "first") DIV ${LENGTH_STEP}) STORED,
    PRIMARY KEY (tenant, stream), KEY by_age (oldest_at), KEY by_length ("length")) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.idempotency}" (
    tenant ${ID} NOT NULL, "key" VARBINARY(512) NOT NULL, fingerprint VARCHAR(255) NOT NULL, message_id ${ID} NOT NULL,
    accepted_at BIGINT NOT NULL, keep_until BIGINT NOT NULL,
    PRIMARY KEY (tenant, "key"), KEY by_end (keep_until)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.cursor}" (
    tenant ${ID} NOT NULL, stream ${STREAM} NOT NULL, "user" ${ID} NOT NULL, device ${ID} NOT NULL,
    epoch VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, began BIGINT NOT NULL,
    PRIMARY KEY (tenant, stream, "user", device), KEY by_device (tenant, "user", device)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.device}" (
    tenant ${ID} NOT NULL, "user" ${ID} NOT NULL, device ${ID} NOT NULL, platform VARCHAR(64) NOT NULL,
    tokens MEDIUMTEXT NOT NULL, locale VARCHAR(64), time_zone VARCHAR(64), app_version VARCHAR(64),
    registered_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, PRIMARY KEY (tenant, "user", device)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.subscription}" (
    tenant ${ID} NOT NULL, topic ${ID} NOT NULL, "user" ${ID} NOT NULL, since BIGINT NOT NULL,
    subscribed_at BIGINT NOT NULL, PRIMARY KEY (tenant, topic, "user"), KEY by_user (tenant, "user")) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.follow}" (
    tenant ${ID} NOT NULL, "user" ${ID} NOT NULL, device ${ID} NOT NULL, topic ${ID} NOT NULL,
    "following" TINYINT NOT NULL, PRIMARY KEY (tenant, "user", device, topic)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.readMark}" (
    tenant ${ID} NOT NULL, stream ${STREAM} NOT NULL, thread ${ID} NOT NULL, "user" ${ID} NOT NULL,
    epoch VARCHAR(64) NOT NULL, seq BIGINT NOT NULL, "at" BIGINT NOT NULL,
    PRIMARY KEY (tenant, stream, thread, "user"), KEY by_user (tenant, "user", "at")) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.presence}" (
    tenant ${ID} NOT NULL, "user" ${ID} NOT NULL, device ${ID} NOT NULL, "connection" VARCHAR(512) NOT NULL,
    node VARCHAR(512) NOT NULL, transport VARCHAR(64) NOT NULL, "at" BIGINT NOT NULL, online_until BIGINT,
    PRIMARY KEY (tenant, "user", device), KEY by_node (node)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.node}" (
    node VARCHAR(512) NOT NULL, renewed_at BIGINT NOT NULL, "until" BIGINT NOT NULL, PRIMARY KEY (node)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.revocation}" (
    tenant ${ID} NOT NULL, "user" ${ID} NOT NULL, "at" BIGINT NOT NULL,
    PRIMARY KEY (tenant, "user"), KEY by_time ("at")) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.ticket}" (
    digest ${ID} NOT NULL, identity MEDIUMTEXT NOT NULL, expires_at BIGINT NOT NULL,
    PRIMARY KEY (digest), KEY by_end (expires_at)) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.job}" (
    "no" BIGINT NOT NULL AUTO_INCREMENT, tenant ${ID} NOT NULL, id ${ID} NOT NULL, kind ${ID} NOT NULL,
    payload LONGTEXT NOT NULL, "position" BIGINT NOT NULL, size BIGINT NOT NULL, due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0, owner VARCHAR(512), lease_until BIGINT NOT NULL DEFAULT 0, dead TINYINT NOT NULL DEFAULT 0,
    reason TEXT, died_at BIGINT,
    PRIMARY KEY (tenant, id, kind), KEY by_no ("no"), KEY by_due (kind, dead, tenant, due_at, "no")) ${TABLE}`,
  sql`CREATE TABLE IF NOT EXISTS "${t.meta}" (
    "name" VARCHAR(64) NOT NULL, "value" VARCHAR(255) NOT NULL, PRIMARY KEY ("name")) ${TABLE}`,
];
