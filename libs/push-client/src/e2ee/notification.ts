import type { SealedNotification } from './content.js';
import type { E2eeSession } from './session.js';

/** The slice of `ShowPush` used here. */
export interface SealedPush {
  /** `id`, `type`, `thread` and, where it fitted and the tenant's privacy is `full`, `data` of the message, as JSON. */
  readonly data: Readonly<Record<string, string>>;
}

/**
 * The words of a push in a service worker: give it to `installPush` as `reveal`. Undefined where the push brought no sealed data (it was too large, or
 * the tenant's privacy keeps it back), where it does not open, or where it opens without words: then the generic text is shown.
 */
export async function openNotification(
  session: E2eeSession | Promise<E2eeSession>,
  { data: { id = '', type = '', thread, data } }: SealedPush,
): Promise<SealedNotification | undefined> {
  if (data === undefined) return undefined;
  let sealed: unknown;
  try {
    sealed = JSON.parse(data);
  } catch {
    return undefined;
  }
  const outcome = await (await session).open({ id, type, thread, data: sealed });
  return outcome.kind === 'opened' ? outcome.notification : undefined;
}
