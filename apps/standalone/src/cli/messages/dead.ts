import { misuse } from '../cli-error.js';
import { timeText, type Output } from '../output.js';
import type { ServerCall } from '../server-call.js';

const PATH = '/v1/notifications/dead';

interface Dead {
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly provider?: string;
  readonly reason?: string;
  readonly attempts: number;
  readonly diedAt: number;
}

interface Named {
  readonly id?: string;
  readonly user?: string;
  readonly device?: string;
}

export async function listDead(
  { limit, after }: { limit: number; after?: number },
  server: ServerCall,
  output: Output,
): Promise<void> {
  const page = await server.get<{ notifications: Dead[]; next?: number }>(PATH, { limit, after });
  output.document(page, () => {
    if (page.notifications.length === 0) return 'No notification was given up.';
    const rows = page.notifications.map((one) => [
      ...[timeText(one.diedAt), one.id, one.user, one.device, one.provider, one.reason],
      one.attempts,
    ]);
    const more = page.next === undefined ? '' : `\nThere may be more: --after ${page.next}`;
    return `${output.table(['died', 'message', 'user', 'device', 'provider', 'reason', 'tries'], rows)}${more}`;
  });
}

export async function replayDead(named: Named, server: ServerCall, output: Output): Promise<void> {
  const one = wholeName(named);
  const answer = await server.call<{ replayed: number }>('POST', `${PATH}/replay`, one && { notifications: [one] });
  output.document(answer, () => `${answer.replayed} to be tried again`);
}

export async function purgeDead(named: Named, server: ServerCall, output: Output): Promise<void> {
  const answer = await server.call<{ purged: number }>('DELETE', PATH, undefined, wholeName(named));
  output.document(answer, () => `${answer.purged} forgotten`);
}

/** All of the three or none: half a name would mean more than is wanted. */
function wholeName({ id, user, device }: Named): { id: string; user: string; device: string } | undefined {
  if (id === undefined && user === undefined && device === undefined) return undefined;
  if (id !== undefined && user !== undefined && device !== undefined) return { id, user, device };
  const missing = id === undefined ? '--id' : user === undefined ? '--user' : '--device';
  throw misuse(missing, 'is missing; name one with --id, --user and --device, or none of them for all');
}
