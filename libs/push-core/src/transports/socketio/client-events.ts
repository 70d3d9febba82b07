import { isPushError, PushError, toPushError } from '../../errors.js';
import { clientFrameSchemas } from '../../model/schemas.js';
import { createValidator, type Validator } from '../../model/validate.js';
import type { Push } from '../../push.js';
import { errorFrame } from '../../online/server-frames.js';
import type { AckFrame, ErrorFrame, FollowFrame, ReadFrame, UnfollowFrame } from '../../wire.js';
import { problemIn, problemOf, type SocketIoProblem } from './problem.js';
import type { Answer, SocketIoLink } from './socket-io-link.js';

type Said = AckFrame | ReadFrame | FollowFrame | UnfollowFrame;
type Callback = (answer: unknown) => void;

/** What an acknowledgement callback of the client gets. */
export type SocketIoAnswer = ({ readonly ok: true } & Partial<Answer>) | ({ readonly ok: false } & SocketIoProblem);

/** Answers one client may wait for at a time. */
const ANSWERS = 64;

const validators = new Map<string, Validator<Said>>(
  ['ack', 'read', 'follow', 'unfollow'].map((op) => [op, createValidator<Said>(clientFrameSchemas[op] ?? {}, op)]),
);

export const isClientEvent = (op: string): boolean => validators.has(op);

export interface Speaker {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
}

/** Turns what a client emits into frames of the protocol, and their answers into its acknowledgement callbacks. */
export class ClientEvents {
  private lastId = 0;
  private marking = 0;

  constructor(
    private readonly push: Push,
    private readonly link: SocketIoLink,
    private readonly speaker: Speaker,
  ) {}

  /** An event of ours; `given` as it arrived. */
  said(op: string, given: readonly unknown[]): void {
    const last = given.at(-1);
    const answer = typeof last === 'function' ? (last as Callback) : undefined;
    try {
      this.handle(framed(op, given[0]), answer);
    } catch (thrown) {
      if (!isPushError(thrown)) throw thrown;
      // Nonsense costs as much as sense: the ping goes through the limits of frames.
      this.refuse(this.link.ask('{"op":"ping"}') ?? errorFrame(thrown), answer);
    }
  }

  /** An event nobody listens to. */
  unknown(event: string): void {
    const error = this.link.ask(JSON.stringify({ op: event.slice(0, 64) }));
    if (error) this.refuse(error, undefined);
  }

  private handle(frame: Said, answer: Callback | undefined): void {
    const { link } = this;
    if (frame.op === 'ack') link.covered(frame.s, frame.seq);
    if (!answer) {
      const error = link.ask(JSON.stringify(frame));
      if (error) this.refuse(error, undefined);
      return;
    }
    if (link.expecting + this.marking >= ANSWERS)
      throw new PushError('RATE_LIMITED', 'Too many answers are awaited; slow down', { retryAfterMs: 1000 });
    if (frame.op === 'read') {
      const limited = link.ask('{"op":"ping"}');
      if (limited) return this.refuse(limited, answer);
      this.mark(frame, answer);
    } else if (frame.op === 'ack') {
      const error = link.ask(JSON.stringify(frame));
      answer(error ? { ok: false, ...problemIn(error) } : { ok: true });
    } else {
      const id = ++this.lastId;
      link.expect(id, (frame_) => answer(answerOf(frame_)));
      link.ask(JSON.stringify({ ...frame, id }));
    }
  }

  /** A `read` frame has no answer of its own; this is the same call. */
  private mark({ s, seq, thread }: ReadFrame, answer: Callback): void {
    this.marking++;
    this.push
      .markRead(this.speaker, { s, seq, thread })
      .then(
        ({ unread }) => answer({ ok: true, unread }),
        (thrown: unknown) => answer({ ok: false, ...problemOf(toPushError(thrown)) }),
      )
      .finally(() => this.marking--);
  }

  private refuse(error: ErrorFrame, answer: Callback | undefined): void {
    if (answer) answer({ ok: false, ...problemIn(error) });
    else this.link.tell(error);
  }
}

/** Validated before anything else looks at it: it may be of any depth. */
function framed(op: string, given: unknown): Said {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new PushError('INVALID', `"${op}" must be an object`, { field: op });
  const { id: _, ...frame } = (validators.get(op) as Validator<Said & { id?: number }>)({ ...given, op });
  return frame;
}

function answerOf(frame: Answer): SocketIoAnswer {
  if (frame.op === 'error') return { ok: false, ...problemIn(frame) };
  const { op: _op, id: _id, ...position } = frame;
  return { ok: true, ...position };
}
