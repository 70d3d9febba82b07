import { Logger } from '@nestjs/common';
import { isPushError, PushError, type Decision, type Plugin } from 'push-core';
import { PUSH_HOOK, type HookName } from '../decorators/metadata.js';
import type { PushContext } from '../decorators/parameters.js';
import type { Change, Refusal } from '../decorators/push-hook.js';
import type { FoundMethod, PushExplorer } from './explorer.js';
import type { Handled, HandlerFactory } from './handler.js';

/** What a changed value is called in the engine's decision. */
const CHANGED: Partial<Record<HookName, string>> = { publish: 'input', notify: 'notification' };

/** A plugin for each `@PushHook` method. */
export const hookPlugins = (explorer: PushExplorer, handlers: HandlerFactory): readonly Plugin[] =>
  explorer
    .methods(PUSH_HOOK, '@PushHook')
    .flatMap((found) => found.metadata.map((hook) => pluginOf(found, hook, handlers)));

function pluginOf(found: FoundMethod<typeof PUSH_HOOK>, hook: HookName, handlers: HandlerFactory): Plugin {
  const name = `${found.className}.${found.method}`;
  const handle = handlers.create(found);
  const decide = async (about: object): Promise<Decision> =>
    decisionOf(hook, name, await handle(about, contextOf(hook, about)));
  return { name, hooks: { [hook]: decide } };
}

function contextOf(hook: HookName, about: object): PushContext {
  const { identity, tenant, user, device } = about as {
    identity?: { tenant: string; user: string };
    tenant?: string;
    user?: string;
    device?: string;
  };
  return { kind: 'hook', name: hook, tenant: identity?.tenant ?? tenant, user: identity?.user ?? user, device };
}

/** Whatever is not a clear yes is a no; and a topic's door opens only to an explicit `true`. */
function decisionOf(hook: HookName, name: string, handled: Handled): Decision {
  if (handled.kind === 'failed') return failed(name, handled);
  const { value } = handled;
  if (value === true || (value === undefined && hook !== 'follow')) return { allow: true };
  if (value === false || value === undefined) return { allow: false, reason: `Refused by ${name}` };
  const answer = value as Partial<Refusal | Change<unknown>>;
  if (answer.kind === 'refuse') return { allow: false, reason: answer.reason ?? `Refused by ${name}` };
  const field = CHANGED[hook];
  if (answer.kind === 'change' && field !== undefined) return { allow: true, [field]: answer.to };
  throw unclear(hook, name, answer.kind === 'change');
}

/** What a guard, a pipe or the hook itself says in HTTP's terms is a refusal; anything else went wrong, and is told as such. */
function failed(name: string, { error, recovered }: Extract<Handled, { kind: 'failed' }>): Decision {
  const answer = recovered?.value as Partial<Refusal> | undefined;
  if (answer?.kind === 'refuse') return { allow: false, reason: answer.reason ?? `Refused by ${name}` };
  const { getStatus, message } = error as { getStatus?: () => number; message: string };
  if (typeof getStatus === 'function' && getStatus.call(error) < 500) return { allow: false, reason: message };
  if (isPushError(error)) throw error;
  new Logger('PushHook').error(`${name} failed: ${message ?? String(error)}`, (error as Error | undefined)?.stack);
  throw new PushError('INTERNAL', 'A hook of the host failed', { cause: error });
}

const unclear = (hook: HookName, name: string, isChange: boolean): PushError => {
  const said = isChange ? `change(…), which ${hook} has no use for` : 'something else';
  new Logger('PushHook').error(`${name} must return nothing, true, false, refuse(…) or change(…), not ${said}`);
  return new PushError('INTERNAL', 'A hook of the host failed');
};
