/** A secret that lasts for a while: an OAuth access token, a signed provider JWT. */
export interface ShelfItem {
  readonly value: string;
  /** Unix milliseconds. */
  readonly madeAt: number;
  /** Not to be used from then on. Unix milliseconds. */
  readonly expiresAt: number;
}

export interface Making {
  /** Resolves with a new one. Called on one node at a time. */
  make(): Promise<{ readonly value: string; readonly expiresAt: number }>;
  /** Made anew ahead of its end, in the background, when it is this old. */
  readonly refreshAfterMs: number;
  /** Never made anew sooner than this after the last, whatever is asked for (APNs: 20 minutes). Default 0. */
  readonly atLeastMs?: number;
}

/**
 * One of each for the whole cluster. In a process, callers that come while one is being made wait for that one; among
 * processes, one makes it and the others read it from the store. Where the store is away each process makes its own.
 */
export interface TokenShelf {
  /** The current one, made where there is none. `name` is unique within the tenant, and changes when the credentials do. Rejects when `make` does. */
  get(tenant: string, name: string, making: Making): Promise<ShelfItem>;
  /** The provider refused this one: the next `get` makes another, unless somebody has, or it is younger than `atLeastMs`. */
  refuse(tenant: string, name: string, item: ShelfItem, making: Making): Promise<void>;
}
