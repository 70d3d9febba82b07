import { PushError } from '../errors.js';
import type { ProviderToken } from '../model/device.js';
import type { EgressGuard } from '../providers/http/egress-guard.js';
import type { ProviderList } from './provider-list.js';

/** Checks tokens as far as it can be told without asking their providers. Throws PushError `INVALID` with the field's name. */
export async function checkTokens(
  tokens: readonly ProviderToken[],
  factories: ProviderList,
  guard: Pick<EgressGuard, 'judge'> | undefined,
): Promise<void> {
  for (const [i, token] of tokens.entries()) {
    const field = `tokens[${i}].token`;
    try {
      factories.get(token.provider)?.checkToken(token);
    } catch (error) {
      if (!(error instanceof PushError)) throw error;
      throw new PushError(error.code, `${field}: ${error.message}`, { field });
    }
    if (typeof token.token === 'object' && typeof token.token.endpoint === 'string')
      await checkAddress(`${field}.endpoint`, token.token.endpoint, guard);
  }
}

/** Addresses a tenant gave with its credentials. */
export async function checkEndpoints(
  credentials: Readonly<Record<string, unknown>>,
  guard: Pick<EgressGuard, 'judge'> | undefined,
): Promise<void> {
  for (const field of ['url', 'endpoint', 'authEndpoint']) {
    const url = credentials[field];
    if (typeof url === 'string') await checkAddress(field, url, guard);
  }
}

/** What cannot be resolved now is looked at again before anything is sent there. */
async function checkAddress(field: string, url: string, guard: Pick<EgressGuard, 'judge'> | undefined): Promise<void> {
  const verdict = await guard?.judge(url);
  if (verdict?.kind !== 'refused') return;
  const remedy = 'give a public https address, or have the operator admit it with PUSH_EGRESS_ALLOW';
  throw new PushError('INVALID', `"${field}" is not an address this server may call (${verdict.reason}): ${remedy}`, {
    field,
  });
}
