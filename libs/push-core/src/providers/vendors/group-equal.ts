import type { Dialect, Item, Parcel } from './dialect.js';
import { parcelKey } from './names.js';

/** An item, and where in the caller's list it stands. */
export interface Placed {
  readonly place: number;
  readonly item: Item;
}

/** Items into parcels, as many to one as the vendor takes; each item is in exactly one. `places`: parallel to the parcel's items. */
export function intoParcels(
  placed: readonly Placed[],
  { together, tokensAtOnce }: Pick<Dialect, 'together' | 'tokensAtOnce'>,
): readonly { readonly parcel: Parcel; readonly places: readonly number[] }[] {
  const groups = new Map<string, Placed[]>();
  for (const one of placed) {
    const alike = together === 'any' ? '' : JSON.stringify(one.item.content);
    const group = groups.get(alike);
    if (group) group.push(one);
    else groups.set(alike, [one]);
  }
  return [...groups.values()].flatMap((group) =>
    rounds(group).flatMap((round) => slices(round, tokensAtOnce).map((slice) => toParcel(slice))),
  );
}

/** A token twice in one request is one notification to the vendor: the second goes out in a request of its own. */
function rounds(group: readonly Placed[]): Placed[][] {
  const result: Placed[][] = [];
  const seen = new Map<string, number>();
  for (const one of group) {
    const round = seen.get(one.item.token) ?? 0;
    seen.set(one.item.token, round + 1);
    (result[round] ??= []).push(one);
  }
  return result;
}

function slices(group: readonly Placed[], size: number): Placed[][] {
  const result: Placed[][] = [];
  for (let at = 0; at < group.length; at += size) result.push(group.slice(at, at + size));
  return result;
}

function toParcel(slice: readonly Placed[]): { parcel: Parcel; places: number[] } {
  const items = slice.map(({ item }) => item);
  return { parcel: { items, key: parcelKey(items.map(({ id }) => id)) }, places: slice.map(({ place }) => place) };
}
