import { createHash } from 'node:crypto';

const PREFIX = 'erased ';

/** Every erased user's name lies from the first up to the second: no user's own name does, for it holds no space. */
export const ERASED_NAMES = Object.freeze({ from: PREFIX, until: 'erased!' });

/**
 * What is kept of an erased user's name, so that tokens from before are refused: a digest. Whoever knows the name can still
 * tell that it was erased, so this too has an end (`EraseStore.forget`).
 */
export const erasedName = (tenant: string, user: string): string =>
  PREFIX + createHash('sha256').update(`${tenant} ${user}`).digest('base64url');
