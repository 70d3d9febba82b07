import type { ShelfItem } from './token-shelf.js';

/** What stands in the store under an item's name. */
export interface ShelfEntry {
  readonly item?: ShelfItem;
  /** Somebody makes another until then. Unix milliseconds; 0: nobody does. */
  readonly leasedUntil: number;
}

export const writeEntry = (entry: ShelfEntry): string => JSON.stringify(entry);

/** What cannot be read counts as not there: it is made again. */
export function readEntry(text: string | undefined): ShelfEntry {
  const value = parse(text);
  if (typeof value !== 'object' || value === null) return { leasedUntil: 0 };
  const { item, leasedUntil } = value as { item?: unknown; leasedUntil?: unknown };
  return {
    leasedUntil: typeof leasedUntil === 'number' ? leasedUntil : 0,
    ...(isItem(item) && { item }),
  };
}

function isItem(value: unknown): value is ShelfItem {
  if (typeof value !== 'object' || value === null) return false;
  const item = value as Record<string, unknown>;
  return typeof item.value === 'string' && typeof item.madeAt === 'number' && typeof item.expiresAt === 'number';
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
