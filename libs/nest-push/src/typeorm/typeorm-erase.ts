import {
  erasedName,
  ERASED_NAMES,
  renewalBucket,
  userStream,
  type EraseBegin,
  type EraseOutcome,
  type EraseStep,
  type EraseStore,
} from 'push-core';
import { eraseTenantSteps } from './erase-tenant-steps.js';
import { eraseUserSteps } from './erase-user-steps.js';
import type { Row } from './sql-connection.js';
import type { StoreAccess } from './store-access.js';
import type { Steps } from './steps.js';

export class TypeOrmErase implements EraseStore {
  constructor(private readonly access: StoreAccess) {}

  async begin({ tenant, user, at, mark, job }: EraseBegin): Promise<void> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    const { kind, id, payload, position, size, dueAt } = job;
    await connection.write(function* (): Steps<void> {
      yield* sql.insertJobs([[job.tenant, kind, id, payload, position, size, dueAt]]);
      if (user === undefined) return;
      yield* sql.revoke(tenant, user, at);
      // Long before the stream goes: whoever begins it then has seen the mark.
      yield* sql.putRenewal(renewalBucket(tenant, userStream(user)), mark);
    });
  }

  async step(erase: EraseStep): Promise<EraseOutcome> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    const { tenant, user } = erase;
    return connection.write(() =>
      user === undefined ? eraseTenantSteps(sql, erase) : eraseUserSteps(sql, { ...erase, tenant, user }),
    );
  }

  async end({ tenant, user, at, job }: Parameters<EraseStore['end']>[0]): Promise<void> {
    const { sql } = this.access;
    const { connection } = await this.access.opened();
    await connection.write(function* (): Steps<void> {
      yield* sql.eraseRows('job', { tenant: job.tenant, id: job.id, kind: job.kind }, 1);
      if (user === undefined) return;
      const [plain]: Row[] = yield* sql.revokedAt([[tenant, user]]);
      // One of later stands under the name: somebody came back, and was shown out again.
      if (plain && (plain.at as number) <= at) yield* sql.eraseRows('revocation', { tenant, user }, 1);
      yield* sql.revoke(tenant, erasedName(tenant, user), at);
    });
  }

  async forget(before: number): Promise<void> {
    const { connection } = await this.access.opened();
    await connection.write(() => this.access.sql.dropRevocations(before, ERASED_NAMES.from, ERASED_NAMES.until));
  }
}
