import { timeText, type Output } from '../output.js';
import { segment, type ServerCall } from '../server-call.js';

interface ApiKey {
  readonly id: string;
  readonly tenant: string;
  readonly role: string;
  readonly name?: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly replacedBy?: string;
}
type NewKey = ApiKey & { readonly key: string };

export async function listKeys(server: ServerCall, output: Output): Promise<void> {
  const answer = await server.get<{ keys: ApiKey[] }>('/v1/keys');
  output.document(answer, () => {
    const rows = answer.keys.map((one) => [
      ...[one.id, one.role, one.name, timeText(one.createdAt)],
      one.expiresAt === undefined ? 'never' : timeText(one.expiresAt),
      one.replacedBy,
    ]);
    return output.table(['key', 'role', 'name', 'made', 'ends', 'replaced by'], rows);
  });
}

export async function createKey(
  role: string,
  { name, expires }: { name?: string; expires?: number },
  server: ServerCall,
  output: Output,
): Promise<void> {
  const more = { ...(name === undefined ? {} : { name }), ...(expires === undefined ? {} : { expiresAt: expires }) };
  shown(await server.call<NewKey>('POST', '/v1/keys', { role, ...more }), output);
}

export async function rotateKey(id: string, overlapMs: number | undefined, server: ServerCall, output: Output) {
  const body = overlapMs === undefined ? {} : { overlapMs };
  shown(await server.call<NewKey>('POST', `/v1/keys/${segment(id)}/rotate`, body), output);
}

export async function deleteKey(id: string, server: ServerCall, output: Output): Promise<void> {
  await server.call('DELETE', `/v1/keys/${segment(id)}`);
  output.document({ deleted: id }, () => `${id} is good no more`);
}

/** The key alone on standard output: it can be piped to where it is kept. */
function shown(key: NewKey, output: Output): void {
  output.note(`${key.role} of ${key.tenant}, key ${key.id}. It is shown this once:`);
  output.document(key, () => key.key);
}
