/** Seeds of `frameRun` that once found something. They run first, in every lane. */
export const KEPT_SEEDS: readonly number[] = [];
