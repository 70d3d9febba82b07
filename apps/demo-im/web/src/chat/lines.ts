import type { Message } from '../api/types';
import type { Outgoing } from '../state/outbox';

export type Tick = 'pending' | 'sent' | 'delivered' | 'read';

/** One bubble, whether the server has it or not yet. */
export interface Line {
  readonly key: string;
  /** Of the server; of what is not there yet, the `clientId`. */
  readonly id: string;
  readonly clientId: string;
  readonly from: string;
  readonly text: string;
  readonly at: number;
  readonly isMine: boolean;
  readonly tick: Tick;
  readonly isRecalled: boolean;
  readonly message?: Message;
  readonly outgoing?: Outgoing;
  /** Follows one of the same person, or is followed by one, within minutes. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly startsDay: boolean;
}

const TOGETHER_MS = 5 * 60_000;

/** What a room shows, top to bottom. What waits comes last, as it was written. */
export function linesOf(
  messages: readonly Message[],
  waiting: readonly Outgoing[],
  me: string,
  others: readonly string[],
): Line[] {
  const sent = new Set(messages.filter(({ from }) => from === me).map(({ clientId }) => clientId));
  const bare = [
    ...messages.map((message) => ({ ...message, message, outgoing: undefined })),
    ...waiting
      .filter(({ clientId }) => !sent.has(clientId))
      .map((outgoing) => ({ ...outgoing, id: outgoing.clientId, from: me, message: undefined, outgoing })),
  ];
  return bare.map(({ id, clientId, from, text, at, message, outgoing }, index) => {
    const [before, after] = [bare[index - 1], bare[index + 1]];
    return {
      // The same through pending and sent, so that the bubble stays and only its tick changes.
      key: from === me && clientId !== '' ? clientId : id,
      ...{ id, clientId, from, text, at, message, outgoing },
      isMine: from === me,
      tick: message === undefined ? 'pending' : tickOf(message, others),
      isRecalled: message?.recalled === true,
      isFirst: before === undefined || !isTogether(before, { from, at }),
      isLast: after === undefined || !isTogether({ from, at }, after),
      startsDay: before === undefined || !isSameDay(before.at, at),
    };
  });
}

export function tickOf(message: Message, others: readonly string[]): Tick {
  const read = new Set(message.read);
  const delivered = new Set([...message.delivered, ...message.read]);
  if (others.length > 0 && others.every((other) => read.has(other))) return 'read';
  return others.length > 0 && others.every((other) => delivered.has(other)) ? 'delivered' : 'sent';
}

type Said = Pick<Message, 'from' | 'at'>;

const isTogether = (one: Said, next: Said): boolean =>
  one.from === next.from && Math.abs(next.at - one.at) < TOGETHER_MS && isSameDay(one.at, next.at);

const isSameDay = (one: number, other: number): boolean =>
  new Date(one).toDateString() === new Date(other).toDateString();
