import { expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Estate } from '../../services/estate.js';
import { describeWith } from '../../services/needs.js';
import { PrivatePostgres } from '../../services/postgres.js';
import { SmallDisk } from '../../services/small-disk.js';
import { serverUser } from '../../services/system-user.js';
import { diskFullRun, type DiskFullOptions, type FullDisk } from './support/disk-full-run.js';
import { figuresOf, tell } from './support/reliability.js';
import { integrityOf } from './support/sqlite-integrity.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

const onSqlite = async (estate: Estate): Promise<FullDisk> => {
  const disk = SmallDisk.mount(estate, 6_000_000);
  const file = path.join(disk.folder, 'push.db');
  return {
    cluster: { nodes: 1, database: `sqlite:${file}` },
    grow: () => disk.resize(128 << 20),
    soundness: async () => integrityOf(file),
  };
};
const quick: DiskFullOptions = {
  seed,
  setUp: onSqlite,
  code: 'STORE_FULL',
  fullForMs: 3_000,
  clients: 30,
  conversations: 20,
  members: 3,
  rate: 120,
  padding: 3_000,
};

describeWith(['small disks'], `the disk of a SQLite file is full (SEED=${seed})`, () => {
  it('refuses publishes in whole, keeps what it accepted, and goes on once there is room', async () => {
    const { outcome, findings, acceptedBefore, refusedFull, resumedMs, sound } = await diskFullRun(quick);
    const figures = { acceptedBefore, refusedFull, resumedMs: Math.round(resumedMs), sound };
    tell('the disk of SQLite is full', 'quick', { ...figuresOf(outcome), ...figures }, findings);
    expect(findings).toEqual([]);
  }, 180_000);

  it('is found out where clients sign for what they then fail to handle', async () => {
    const { outcome } = await diskFullRun({ ...quick, fullForMs: 500, sabotage: 'signs first' });
    expect(outcome.verdict.lost).not.toEqual([]);
  }, 180_000);
});

const onPostgres = async (estate: Estate): Promise<FullDisk> => {
  const disk = SmallDisk.mount(estate, 120_000_000, serverUser('postgres'));
  // A log that stays small: it is the rows that have no room then.
  const settings = { max_wal_size: '8MB', min_wal_size: '5MB' };
  const postgres = await PrivatePostgres.start(estate, { folder: disk.folder, settings });
  // What the load would take minutes to fill.
  writeFileSync(path.join(disk.folder, 'ballast'), Buffer.alloc(Math.max(0, disk.freeBytes - 30_000_000)));
  return {
    cluster: { nodes: 2, database: postgres.url },
    grow: () => disk.resize(512 << 20),
    soundness: async () => {
      await postgres.sql('CREATE EXTENSION IF NOT EXISTS amcheck');
      const [row] = await postgres.sql(
        `SELECT count(bt_index_check(c.oid, true)) AS checked FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
           JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relname LIKE 'push%'`,
      );
      return Number(row?.checked) > 0 ? 'ok' : 'nothing was checked';
    },
  };
};

describeWith(['small disks', 'postgres'], `the disk of PostgreSQL is full (SEED=${seed})`, () => {
  it('refuses publishes in whole, keeps what it accepted, and goes on once there is room', async () => {
    const { outcome, findings, acceptedBefore, refusedFull, resumedMs, sound } = await diskFullRun({
      ...quick,
      setUp: onPostgres,
      rate: 300,
      padding: 12_000,
    });
    const figures = { acceptedBefore, refusedFull, resumedMs: Math.round(resumedMs), sound };
    tell('the disk of PostgreSQL is full', 'quick', { ...figuresOf(outcome), ...figures }, findings);
    expect(findings).toEqual([]);
  }, 240_000);
});
