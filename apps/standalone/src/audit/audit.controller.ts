import { Readable } from 'node:stream';
import { Inject, StreamableFile } from '@nestjs/common';
import { Caller, CheckedInput, PushController, Route, type Input } from 'nest-push/http';
import { PushError } from 'push-core';
import type { AccountPrincipal } from '../accounts/account-authenticator.js';
import type { AuditEntry } from './audit.js';
import type { AuditStore } from './audit-store.js';
import { auditExportOperation, auditOperation } from './audit.operations.js';
import { AUDIT_STORE } from './audit.tokens.js';

const PAGE = 100;
const EXPORT_PAGE = 1000;

interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly next?: string;
}

@PushController()
export class AuditController {
  constructor(@Inject(AUDIT_STORE) private readonly store: AuditStore) {}

  @Route(auditOperation)
  async list(
    @Caller() caller: AccountPrincipal,
    @CheckedInput() { query }: Input<unknown, { before?: string; limit?: number; tenant?: string; action?: string }>,
  ): Promise<AuditPage> {
    const { before, limit = PAGE, action } = query;
    const tenant = tenantFor(caller, query.tenant);
    const found = await this.store.newest({ before, limit: limit + 1, tenant, action });
    if (found.length <= limit) return { entries: found };
    const entries = found.slice(0, limit);
    return { entries, next: entries.at(-1)?.id };
  }

  @Route(auditExportOperation)
  export(
    @Caller() caller: AccountPrincipal,
    @CheckedInput() { query }: Input<unknown, { since?: number; until?: number }>,
  ): StreamableFile {
    const lines = this.linesOf({ ...query, tenant: tenantFor(caller, undefined) });
    return new StreamableFile(Readable.from(lines, { objectMode: false, highWaterMark: 1 }), {
      type: 'application/x-ndjson; charset=utf-8',
      disposition: 'attachment; filename="audit.ndjson"',
    });
  }

  /** A page at a time, when the one before has been taken. */
  private async *linesOf(query: { since?: number; until?: number; tenant?: string }): AsyncGenerator<string> {
    let after: string | undefined;
    for (;;) {
      const entries = await this.store.oldest({ ...query, after, limit: EXPORT_PAGE });
      if (entries.length > 0) yield entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      if (entries.length < EXPORT_PAGE) return;
      after = entries.at(-1)?.id;
    }
  }
}

/** Whoever administers the server may name any tenant or none; others see their own, and no other is there for them. */
function tenantFor({ everyTenant, tenant }: AccountPrincipal, named: string | undefined): string | undefined {
  if (everyTenant) return named;
  if (named !== undefined && named !== tenant)
    throw new PushError('NOT_FOUND', 'There is no such tenant', { field: 'tenant' });
  return tenant;
}
