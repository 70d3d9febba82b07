import type { Plugin } from '../plugin.js';
import type { Identity } from './authenticator.js';

/** `news.*` covers `news.a` and `news.a.b`, not `news`. */
function covers(pattern: string, topic: string): boolean {
  return (
    pattern === topic ||
    (pattern.endsWith('.*') && topic.startsWith(pattern.slice(0, -1)) && topic.length >= pattern.length)
  );
}

/** Whether a device may follow a topic its user is not subscribed to: by its token, or by a plugin's word. */
export async function mayFollow(
  identity: Identity,
  device: string,
  topic: string,
  plugins: readonly Plugin[],
): Promise<boolean> {
  if (identity.topics?.some((pattern) => covers(pattern, topic))) return true;
  for (const { hooks } of plugins) {
    if (hooks.follow && (await hooks.follow({ identity, device, topic })).allow) return true;
  }
  return false;
}
