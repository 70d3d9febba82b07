import type { Notification } from '../../model/publish-input.js';
import type { Privacy } from '../../policy/policy.js';
import type { TextValues } from './icu.js';
import type { Texts } from './texts.js';
import { tidyBody, tidyTitle } from './tidy.js';

export interface Words {
  readonly title?: string;
  readonly body?: string;
}

export interface WordsInput {
  readonly notification: Notification;
  readonly privacy: Privacy;
  readonly texts: Texts;
  readonly locale: string | undefined;
  /** Messages it tells of. */
  readonly count: number;
  readonly thread?: string;
}

/**
 * What the user reads, in the device's language and as much of it as privacy lets out. `{}`: the publish has no words, it is a
 * data push. Words that cannot be made (no such template, values that do not suit it) are replaced by the neutral ones: the
 * user is still told.
 */
export function wordsOf(input: WordsInput): Words {
  const { notification, privacy, count } = input;
  const { template, title: given, body } = notification;
  if (template === undefined && !given && !body) return {};
  const say = (name: string, values: TextValues = {}): string | undefined =>
    input.texts.say(name, input.locale, values);
  const neutral = (): string | undefined => {
    const told = count > 1 ? say('hidden.digest', { count }) : undefined;
    return tidyBody(told) ?? tidyBody(say('hidden.body'));
  };
  if (privacy === 'id-only') return { title: tidyTitle(say('hidden.title')), body: neutral() };

  const own = ownWords(notification, input.texts, say);
  if (count > 1) return { title: own.title, body: digest(input, own.title, say) ?? neutral() };
  if (privacy === 'sender-only') return { title: own.title, body: neutral() };
  return own.title === undefined && own.body === undefined ? { body: neutral() } : own;
}

type Say = (name: string, values?: TextValues) => string | undefined;

function ownWords(notification: Notification, texts: Texts, say: Say): Words {
  const { title, body, values } = texts.own(notification);
  const { template } = notification;
  if (template === undefined) return { title, body };
  return {
    title: tidyTitle(say(`${template}.title`, values)) ?? title,
    body: tidyBody(say(`${template}.body`, values)) ?? body,
  };
}

/** It names the thread by its title, and without one says only how many. */
function digest({ count, thread = '' }: WordsInput, title: string | undefined, say: Say): string | undefined {
  return title === undefined ? undefined : tidyBody(say('digest.body', { count, title, thread }));
}
