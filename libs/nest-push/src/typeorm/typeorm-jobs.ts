import type { ClaimRequest, DeadJob, Job, JobRef, JobStore, NewJob, TakeRequest } from 'push-core';
import { inLockOrder } from './lock-order.js';
import type { Row } from './sql-connection.js';
import type { StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';

export class TypeOrmJobs implements JobStore {
  constructor(private readonly access: StoreAccess) {}

  async claim({ kind, owner, now, leaseUntil, limit, busy }: ClaimRequest): Promise<readonly Job[]> {
    const { connection } = await this.access.opened();
    if (limit <= 0) return [];
    const { sql } = this.access;
    const rows = await connection.write(() => sql.claimJobs(kind, owner, now, leaseUntil, limit, busy));
    return rows.map(toJob).sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1));
  }

  async take({ kind, owner, now, leaseUntil, limit, perTenant, without = [] }: TakeRequest): Promise<readonly Job[]> {
    const { connection } = await this.access.opened();
    if (limit <= 0 || perTenant <= 0) return [];
    const { sql } = this.access;
    const rows = await connection.write(() => sql.takeJobs(kind, owner, now, leaseUntil, limit, perTenant, without));
    return rows.map(toJob).sort((a, b) => a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1));
  }

  async hasten(jobs: readonly JobRef[], dueAt: number): Promise<void> {
    const { connection } = await this.access.opened();
    if (jobs.length > 0) await connection.write(() => this.access.sql.hastenJobs(namesOf(jobs), dueAt));
  }

  async postpone({ tenant, kind, id }: JobRef, owner: string, dueAt: number): Promise<void> {
    const { connection } = await this.access.opened();
    await connection.write(() => this.access.sql.postponeJob(tenant, kind, id, owner, dueAt));
  }

  async finish({ tenant, kind, id }: JobRef, owner: string): Promise<void> {
    const { connection } = await this.access.opened();
    await connection.write(() => this.access.sql.finishJob(tenant, kind, id, owner));
  }

  async finishAll(jobs: readonly JobRef[], owner: string): Promise<void> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    if (jobs.length === 0) return;
    const names = namesOf(jobs);
    await connection.write(function* (): Steps<void> {
      const held = yield* sql.lockJobs(names.map((name) => [...name, owner]));
      if (held.length > 0) yield* sql.dropJobs(held.map(({ at }) => names[at as number] as readonly string[]));
    });
  }

  async bury({ tenant, kind, id }: JobRef, owner: string, reason: string, now: number): Promise<void> {
    const { connection } = await this.access.opened();
    await connection.write(() => this.access.sql.buryJob(tenant, kind, id, owner, reason, now));
  }

  async find({ tenant, kind, id }: JobRef): Promise<NewJob | undefined> {
    const { connection } = await this.access.opened();
    const [row] = await connection.query(() => this.access.sql.job(tenant, kind, id));
    return row && toNewJob(row);
  }

  async dead(tenant: string, kind: string, limit: number): Promise<readonly DeadJob[]> {
    const { connection } = await this.access.opened();
    const rows = await connection.query(() => this.access.sql.deadJobs(tenant, kind, limit));
    return rows.map((row) => ({ ...toJob(row), reason: row.reason as string, diedAt: row.died_at as number }));
  }

  async pending(kind: string): Promise<number> {
    const { connection } = await this.access.opened();
    const [row] = await connection.query(() => this.access.sql.countJobs(kind));
    return row?.jobs as number;
  }
}

/** Each once, in the order their rows are locked in. */
const namesOf = (jobs: readonly JobRef[]): (readonly string[])[] => {
  const names = jobs.map(({ tenant, kind, id }) => [tenant, kind, id] as const);
  return inLockOrder([...new Map(names.map((name) => [name.join(' '), name])).values()], 3);
};

const toNewJob = (row: Row): NewJob => ({
  tenant: row.tenant as string,
  kind: row.kind as string,
  id: row.id as string,
  payload: row.payload as string,
  position: row.position as number,
  size: row.size as number,
  dueAt: row.due_at as number,
});

const toJob = (row: Row): Job => ({ ...toNewJob(row), attempts: row.attempts as number });
