import type { Clock } from '../clock/clock.js';
import type { Events } from '../events.js';
import type { Message } from '../model/message.js';
import type { Notification } from '../model/publish-input.js';
import { publishSchema } from '../model/schemas.js';
import { createValidator, type JsonSchema } from '../model/validate.js';
import type { Hooks, Plugin } from '../plugin.js';
import { caseKey, type Case } from './case.js';
import type { Judgement, Ruling } from './judge.js';

const { notification } = publishSchema.properties as Record<string, JsonSchema>;
const validate = createValidator<{ readonly notification: Notification }>(
  { type: 'object', properties: { notification } },
  'decision',
);

const FIRST_MS = 1000;
const DOUBLED = 6;

type About = Parameters<Hooks['notify']>[0];
type Answer =
  | { readonly kind: 'go'; readonly changed?: Notification }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly plugin: string; readonly error: unknown };

export interface HookLimits {
  /** An answer is due within. Shorter than the lease of the job that is decided about meanwhile. */
  readonly answerMs: number;
  readonly maxAttempts: number;
}

/**
 * The host's word about what policy would send, before what goes together is joined: so a refused message neither takes the
 * others of its digest along, nor is told of in it. A change is kept nowhere: whoever decides again asks again.
 *
 * A hook that fails says neither yes nor no. The row waits, and it is asked again, later each time; all those of one moment
 * at the same moment, for they may be one digest. In the end the row is dead, and can be replayed.
 */
export class NotifyHooks {
  constructor(
    /** Read each time: a host may complete the list until the engine starts. */
    private readonly plugins: readonly Plugin[],
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly limits: HookLimits,
  ) {}

  /** By case, in their order: the judgements as they are after the hooks were asked. */
  async ask(judged: readonly (readonly Judgement[])[]): Promise<readonly (readonly Judgement[])[]> {
    const plugins = this.plugins.filter(({ hooks }) => hooks.notify);
    if (plugins.length === 0) return judged;
    const dataOf = readOnce();
    const answers = new Map<string, Promise<Answer>>();
    const heard = await Promise.all(
      judged.map(async (some) => {
        const one = some.find(({ verdict }) => verdict.kind === 'send')?.case;
        if (!one) return undefined;
        // Rows of several devices that are taken up together.
        const known = answers.get(caseKey(one));
        const answer = known ?? this.inTime(plugins, one, dataOf);
        answers.set(caseKey(one), answer);
        return answer;
      }),
    );
    this.tell(heard);
    const now = this.clock.now();
    return judged.map((some, i) => {
      const answer = heard[i];
      return answer ? some.map((one) => (one.verdict.kind === 'send' ? this.after(one, answer, now) : one)) : some;
    });
  }

  private inTime(plugins: readonly Plugin[], one: Case, dataOf: (message: Message) => unknown): Promise<Answer> {
    let asked = plugins[0] as Plugin;
    const failed = (error: unknown): Answer => ({ kind: 'failed', plugin: asked.name, error });
    return new Promise((resolve) => {
      const { answerMs } = this.limits;
      const late = new Error(`It did not answer within ${answerMs} ms`);
      const timer = this.clock.after(answerMs, () => resolve(failed(late)));
      void this.askAll(plugins, one, dataOf, (plugin) => (asked = plugin))
        .catch(failed)
        .then((answer) => {
          timer.cancel();
          resolve(answer);
        });
    });
  }

  private async askAll(
    plugins: readonly Plugin[],
    { message, user }: Case,
    dataOf: (message: Message) => unknown,
    asking: (plugin: Plugin) => void,
  ): Promise<Answer> {
    const { tenant, id, type, thread } = message;
    let changed: Notification | undefined;
    for (const plugin of plugins) {
      asking(plugin);
      const about: About = {
        tenant,
        user,
        message: { id, type, thread, data: dataOf(message) },
        // What the store or another hook holds is not to be changed by writing into it.
        notification: structuredClone(changed ?? message.notification ?? {}),
      };
      const decision = await plugin.hooks.notify?.(about);
      if (!decision) continue;
      if (!decision.allow) return { kind: 'refused' };
      if (decision.notification) changed = validate({ notification: decision.notification }).notification;
    }
    return { kind: 'go', changed };
  }

  private after(one: Judgement, answer: Answer, now: number): Judgement {
    switch (answer.kind) {
      case 'go': {
        if (!answer.changed) return one;
        const message = { ...one.case.message, notification: answer.changed };
        return { ...one, case: { ...one.case, message } };
      }
      case 'refused':
        return { ...one, verdict: { kind: 'suppress', reason: 'hook' } };
      case 'failed':
        return { ...one, verdict: this.later(one.case, now) };
    }
  }

  private later({ row }: Case, now: number): Ruling {
    const attempts = row?.attempts ?? 1;
    // A new row is asked about once more in any case: only what is taken up again can die.
    if (row && attempts >= this.limits.maxAttempts) return { kind: 'give_up', reason: 'hook_failed' };
    return { kind: 'again', until: now + FIRST_MS * 2 ** Math.min(attempts - 1, DOUBLED), reason: 'hook_failed' };
  }

  /** Once for each plugin, however many users it was asked about. */
  private tell(answers: readonly (Answer | undefined)[]): void {
    const told = new Set<string>();
    for (const answer of answers) {
      if (answer?.kind !== 'failed' || told.has(answer.plugin)) continue;
      told.add(answer.plugin);
      this.events.emit('trouble', { during: `hook notify of plugin ${answer.plugin}`, error: answer.error });
    }
  }
}

/** A message's data is read once, however many users it is for. */
function readOnce(): (message: Message) => unknown {
  const read = new Map<string, unknown>();
  return ({ tenant, id, data }) => {
    if (data === undefined) return undefined;
    const key = `${tenant} ${id}`;
    if (!read.has(key)) read.set(key, JSON.parse(data));
    return read.get(key);
  };
}
