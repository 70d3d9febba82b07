import type { PushFrame } from 'push-core/wire';
import { Emitter } from '../emitter.js';
import { PushClientError } from '../errors.js';
import type { OpenOutcome, Opened, Unreadable } from './outcome.js';
import type { E2eeSession } from './session.js';

/** A frame beside what came of opening it. */
export interface OpenedMessage extends Opened {
  readonly frame: PushFrame;
}

export type UnreadableMessage = Unreadable & { readonly frame: PushFrame };

export interface SealedMessageEvents {
  message: OpenedMessage;
  /** Shown to the user as what it is: something that could not be read. Without a handler it is passed over. */
  unreadable: UnreadableMessage;
}

/** The slice of `PushClient` used here. */
export interface MessageSource {
  on(event: 'message', handler: (frame: PushFrame) => unknown): () => void;
}

export interface SealedMessages {
  /** Returns what unsubscribes. */
  on<E extends keyof SealedMessageEvents>(event: E, handler: (message: SealedMessageEvents[E]) => unknown): () => void;
  /** No more from this client. */
  stop(): void;
}

/**
 * A client's messages, opened. As with the client itself a message is acknowledged when all handlers are done, and comes again where one fails,
 * or where directory or store fail. Register handlers before `connect()`.
 */
export function sealedMessages(client: MessageSource, session: Pick<E2eeSession, 'open'>): SealedMessages {
  const events = new Emitter<SealedMessageEvents>(() => undefined);

  async function hand(frame: PushFrame): Promise<void> {
    const outcome: OpenOutcome = await session.open(frame);
    const { failures, pending } =
      outcome.kind === 'opened'
        ? events.run('message', { ...outcome, frame })
        : events.run('unreadable', { ...outcome, frame });
    const results = await Promise.allSettled(pending);
    const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    const [first] = [...failures, ...failed];
    if (first !== undefined) {
      throw new PushClientError('CLIENT_HANDLER_FAILED', 'a handler of sealed messages failed', first);
    }
  }

  const stop = client.on('message', hand);
  return { on: (event, handler) => events.on(event, handler), stop };
}
