import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { TableNames } from '../table-names.js';
import { HUNDRED } from './trim-statements.js';

/**
 * The tables of version 1. See the SQLite ones for what the columns mean.
 *
 * Ids are compared byte by byte (`COLLATE "C"`), which is the order of their code points and does not change with a
 * library of the system. Tables whose rows change in place leave room on their pages: such a change then touches no
 * index. For the same reason no index has `head` or `first` in it; long streams are found by `hundreds`, which changes
 * once in a hundred entries. `held_no` keeps the order of messages held until the same time.
 */
export function postgresInitial(names: TableNames): new () => MigrationInterface {
  const t = names;
  return class PushInitial1760000000000 implements MigrationInterface {
    readonly name = 'PushInitial1760000000000';

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const statement of createTables(t)) await queryRunner.query(statement);
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      const { migrations: _, ...tables } = t;
      for (const table of Object.values(tables)) await queryRunner.query(`DROP TABLE IF EXISTS "${table}"`);
      await queryRunner.query(`DROP SEQUENCE IF EXISTS "${t.message}_held_no"`);
    }
  };
}

const ID = 'text COLLATE "C" NOT NULL';

/** Rows that change in place: room for the new version, and early sweeps. */
const CHANGING = 'WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)';
/** Rows that come and go: early sweeps, so that their room is used again. */
const PASSING = 'WITH (autovacuum_vacuum_scale_factor = 0.05)';

const createTables = (t: TableNames): string[] => [
  `CREATE SEQUENCE "${t.message}_held_no"`,
  `CREATE TABLE "${t.message}" (
    tenant ${ID}, id ${ID}, type text NOT NULL, thread text COLLATE "C", data text, audience text NOT NULL,
    notification text, options text NOT NULL, accepted_at int8 NOT NULL, expires_at int8 NOT NULL, due_at int8,
    held_until int8, held_no int8, recalled_at int8, PRIMARY KEY (tenant, id)) ${PASSING}`,
  `CREATE INDEX "${t.message}_held" ON "${t.message}" (held_until, held_no) WHERE held_until IS NOT NULL`,
  `CREATE INDEX "${t.message}_recalled" ON "${t.message}" (tenant, recalled_at) WHERE recalled_at IS NOT NULL`,
  `CREATE TABLE "${t.entry}" (
    tenant ${ID}, stream ${ID}, seq int8 NOT NULL, message_id ${ID}, thread text COLLATE "C",
    joined_at int8 NOT NULL, filter text, PRIMARY KEY (tenant, stream, seq)) ${PASSING}`,
  `CREATE INDEX "${t.entry}_message" ON "${t.entry}" (tenant, message_id, stream)`,
  `CREATE TABLE "${t.stream}" (
    tenant ${ID}, stream ${ID}, head int8 NOT NULL, first int8 NOT NULL, oldest_at int8,
    hundreds int8 NOT NULL GENERATED ALWAYS AS ((head - first) / ${HUNDRED}) STORED,
    PRIMARY KEY (tenant, stream)) ${CHANGING}`,
  `CREATE INDEX "${t.stream}_oldest" ON "${t.stream}" (oldest_at) WHERE oldest_at IS NOT NULL`,
  `CREATE INDEX "${t.stream}_long" ON "${t.stream}" (hundreds) WHERE hundreds > 0`,
  `CREATE TABLE "${t.idempotency}" (
    tenant ${ID}, key ${ID}, fingerprint text NOT NULL, message_id ${ID}, accepted_at int8 NOT NULL,
    keep_until int8 NOT NULL, PRIMARY KEY (tenant, key)) ${PASSING}`,
  `CREATE INDEX "${t.idempotency}_keep" ON "${t.idempotency}" (keep_until)`,
  `CREATE TABLE "${t.cursor}" (
    tenant ${ID}, stream ${ID}, "user" ${ID}, device ${ID}, epoch ${ID}, seq int8 NOT NULL, began int8 NOT NULL,
    PRIMARY KEY (tenant, stream, "user", device)) ${CHANGING}`,
  `CREATE INDEX "${t.cursor}_device" ON "${t.cursor}" (tenant, "user", device)`,
  `CREATE TABLE "${t.device}" (
    tenant ${ID}, "user" ${ID}, device ${ID}, platform text NOT NULL, tokens text NOT NULL, locale text,
    time_zone text, app_version text, registered_at int8 NOT NULL, updated_at int8 NOT NULL,
    PRIMARY KEY (tenant, "user", device))`,
  `CREATE TABLE "${t.subscription}" (
    tenant ${ID}, topic ${ID}, "user" ${ID}, since int8 NOT NULL, subscribed_at int8 NOT NULL,
    PRIMARY KEY (tenant, topic, "user"))`,
  `CREATE INDEX "${t.subscription}_user" ON "${t.subscription}" (tenant, "user")`,
  `CREATE TABLE "${t.follow}" (
    tenant ${ID}, "user" ${ID}, device ${ID}, topic ${ID}, following int2 NOT NULL,
    PRIMARY KEY (tenant, "user", device, topic))`,
  `CREATE TABLE "${t.readMark}" (
    tenant ${ID}, stream ${ID}, thread ${ID}, "user" ${ID}, epoch ${ID}, seq int8 NOT NULL, at int8 NOT NULL,
    PRIMARY KEY (tenant, stream, thread, "user")) ${PASSING}`,
  `CREATE INDEX "${t.readMark}_user" ON "${t.readMark}" (tenant, "user", at)`,
  `CREATE TABLE "${t.presence}" (
    tenant ${ID}, "user" ${ID}, device ${ID}, connection text NOT NULL, node ${ID}, transport text NOT NULL,
    at int8 NOT NULL, online_until int8, PRIMARY KEY (tenant, "user", device)) ${CHANGING}`,
  `CREATE INDEX "${t.presence}_node" ON "${t.presence}" (node) WHERE online_until IS NOT NULL`,
  `CREATE TABLE "${t.node}" (node ${ID} PRIMARY KEY, renewed_at int8 NOT NULL, until int8 NOT NULL) ${CHANGING}`,
  `CREATE TABLE "${t.revocation}" (
    tenant ${ID}, "user" ${ID}, at int8 NOT NULL, PRIMARY KEY (tenant, "user"))`,
  `CREATE INDEX "${t.revocation}_at" ON "${t.revocation}" (at)`,
  `CREATE TABLE "${t.ticket}" (digest ${ID} PRIMARY KEY, identity text NOT NULL, expires_at int8 NOT NULL) ${PASSING}`,
  `CREATE INDEX "${t.ticket}_expires" ON "${t.ticket}" (expires_at)`,
  `CREATE TABLE "${t.job}" (
    no int8 GENERATED ALWAYS AS IDENTITY, tenant ${ID}, kind ${ID}, id ${ID}, payload text NOT NULL, position int8 NOT NULL, size int8 NOT NULL,
    due_at int8 NOT NULL, attempts int4 NOT NULL, owner text, lease_until int8, reason text, died_at int8,
    PRIMARY KEY (tenant, id, kind)) ${CHANGING}`,
  `CREATE INDEX "${t.job}_due" ON "${t.job}" (kind, tenant, due_at, no) WHERE died_at IS NULL`,
  `CREATE INDEX "${t.job}_dead" ON "${t.job}" (tenant, kind, died_at) WHERE died_at IS NOT NULL`,
  `CREATE TABLE "${t.meta}" (name ${ID} PRIMARY KEY, value text NOT NULL)`,
];
