import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ok, warn, type Finding } from './finding.js';

const DEADLINE_MS = 3_000;

/** One endpoint a provider; whoever uses none of them needs none. */
const ENDPOINTS: Readonly<Record<string, string>> = {
  apns: 'api.push.apple.com',
  fcm: 'fcm.googleapis.com',
  webpush: 'updates.push.services.mozilla.com',
  hms: 'push-api.cloud.huawei.com',
};

/** Whether the push providers can be reached: their names, and a connection to port 443. */
export const lookAtEgress = (): Promise<readonly Finding[]> =>
  Promise.all(Object.entries(ENDPOINTS).map(([provider, host]) => reach(provider, host)));

async function reach(provider: string, host: string): Promise<Finding> {
  const late = new AbortController();
  const overtime = delay(DEADLINE_MS, 'no answer', { signal: late.signal }).catch(() => 'no answer');
  const trouble = await Promise.race([attempt(host), overtime]);
  late.abort();
  if (trouble === undefined) return ok('egress', `${provider}: ${host} answers`);
  return warn(
    'egress',
    `${provider}: ${host} cannot be reached (${trouble})`,
    'let this machine out to port 443, if you notify through it',
  );
}

/** What went wrong; undefined when nothing did. */
async function attempt(host: string): Promise<string | undefined> {
  try {
    const { address } = await lookup(host);
    return await new Promise((resolve) => {
      const socket = connect({ host: address, port: 443, timeout: DEADLINE_MS });
      const end = (trouble?: string) => {
        socket.destroy();
        resolve(trouble);
      };
      socket.once('connect', () => end());
      socket.once('timeout', () => end('no answer'));
      socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown name';
  }
}
