import type { Message } from '../../model/message.js';
import type { UserRef } from '../../model/device.js';
import type { Push } from '../../push.js';
import type { MessageRef } from '../../store/message-store.js';
import type { Store } from '../../store/store.js';
import { likeness } from './matches.js';
import { show, showEntry, showList, showTime } from './show.js';

/** The last so many are looked through. */
const REMEMBERED = 500;
const TOLD = 3;

/** Remembers what an engine accepted, and tells what became of it. */
export class Stories {
  private readonly accepted: MessageRef[] = [];

  constructor(
    private readonly push: Push,
    private readonly store: Pick<Store, 'messages'>,
  ) {
    push.on('accepted', ({ tenant, id }) => {
      this.accepted.push({ tenant, id });
      if (this.accepted.length > REMEMBERED) this.accepted.shift();
    });
  }

  /** Of the messages most like what was wanted: what they were, and their way to the user, step by step. */
  async about({ tenant, user }: UserRef, pattern: unknown): Promise<string> {
    const mine = this.accepted.filter((one) => one.tenant === tenant);
    const stored = await this.store.messages.findAll(mine);
    const messages = stored.flatMap((one) => (one ? [one.message] : []));
    if (messages.length === 0) return `Nothing has been published in the tenant ${show(tenant)}.`;
    const ranked = messages
      .map((message, i) => ({ message, i, rank: rankOf(message, user, pattern) }))
      .sort((a, b) => b.rank - a.rank || b.i - a.i)
      .slice(0, TOLD);
    const stories = await Promise.all(ranked.map(({ message }) => this.ofMessage(message, user)));
    return showList(
      `Published so far: ${messages.length}. What became, for ${user}, of those most like it:`,
      stories.flat(),
      '',
    );
  }

  /** What became of one message for one user. Throws NOT_FOUND. */
  async tell({ tenant, user }: UserRef, id: string): Promise<readonly string[]> {
    const { steps, outcome } = await this.push.explain(tenant, id, user);
    const lines = steps.map(({ at, what, device, provider, reason, text }) =>
      [at === undefined ? '--:--:--.---' : showTime(at), what, device, provider, reason && `[${reason}]`, `– ${text}`]
        .filter((part) => part !== undefined && part !== '')
        .join(' '),
    );
    return [...lines, `outcome: ${outcome}`];
  }

  private async ofMessage(message: Message, user: string): Promise<readonly string[]> {
    const { tenant, id, to } = message;
    const head = `${showEntry(readable(message))}, to ${show(to)}, ${id}`;
    return [head, ...(await this.tell({ tenant, user }, id)).map((line) => `  ${line}`)];
  }
}

/** As it was published: its data is no text any more. */
export function readable(message: Message): Omit<Message, 'data'> & { readonly data?: unknown } {
  const { data, ...others } = message;
  return data === undefined ? others : { ...others, data: JSON.parse(data) as unknown };
}

/** What is alike weighs most; among equals, what names the user. */
function rankOf(message: Message, user: string, pattern: unknown): number {
  const isNamed = message.to.users?.includes(user) || message.to.devices?.some((one) => one.user === user);
  return likeness(readable(message), pattern) + (isNamed ? 0.1 : 0);
}
