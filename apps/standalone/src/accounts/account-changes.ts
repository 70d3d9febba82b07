import type { TenantChange } from './tenant.js';

/** What a change sets, column by column. Undefined where it changes nothing. */
export function changeOf({
  limits,
  issuers,
  suspended,
}: TenantChange): { readonly set: string; readonly values: readonly unknown[] } | undefined {
  const columns: [string, unknown][] = [];
  if (limits) columns.push(['limits', jsonOrNull(limits, Object.keys(limits).length)]);
  if (issuers) columns.push(['issuers', jsonOrNull(issuers, issuers.length)]);
  if (suspended !== undefined) {
    columns.push(['suspended_at', suspended ? suspended.at : null]);
    columns.push(['suspend_reason', suspended ? (suspended.reason ?? null) : null]);
  }
  if (columns.length === 0) return undefined;
  return { set: columns.map(([name]) => `${name} = ?`).join(', '), values: columns.map(([, value]) => value) };
}

const jsonOrNull = (value: unknown, size: number): string | null => (size === 0 ? null : JSON.stringify(value));
