/** A tenant of weight 1 may fill a place so many times as much as it leaves free. */
const GREED = 9;

/** So much of it a tenant fills alone. */
export const mostOf = (capacity: number): number => Math.ceil((capacity * GREED) / (GREED + 1));

/**
 * Whether a tenant has as much of a bounded place as it may: so much that what is left is for others. Alone it may fill nine tenths of
 * it; of several that ask for more than there is each gets its part by weight; and whoever has nothing there yet finds room.
 */
export function hasItsShare(own: number, weight: number, total: number, capacity: number): boolean {
  return own > GREED * weight * Math.max(0, capacity - total);
}
