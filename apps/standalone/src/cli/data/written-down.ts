import { userInfo } from 'node:os';
import { systemClock } from 'push-core';
import type { AccountMedium } from '../../accounts/account-medium.js';
import { AuditLog } from '../../audit/audit-log.js';
import { AuditStore } from '../../audit/audit-store.js';
import type { Output } from '../output.js';

/** An entry in the audit log for what was done to the database itself, where no server could write one. */
export async function writeDown(medium: AccountMedium, action: string, output: Output): Promise<void> {
  const audit = new AuditLog({
    store: new AuditStore(medium),
    clock: systemClock,
    complain: (what) => output.note(what),
  });
  try {
    await audit.open();
    await audit.record({ actor: { kind: 'cli', id: whoever() }, action, outcome: 'ok' });
  } finally {
    await audit.close();
  }
}

/** Of the operating system; one without a name there has a number. */
function whoever(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
