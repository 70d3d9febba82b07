import { CLOSE } from '../close-reasons.js';
import { PushError } from '../errors.js';
import { LIMITS } from '../model/limits.js';
import { streamNamed } from '../model/stream.js';
import { SharedFrame } from '../transports/shared-frame.js';
import type { ClientFrame } from '../wire.js';
import { admit, followTopic, leaveTopic } from './admission.js';
import { parseClientFrame } from './client-frames.js';
import type { Connection } from './connection.js';
import { quickAck } from './quick-ack.js';
import { errorFrame, PONG } from './server-frames.js';

/** What came before the admission, bounded. */
export class HeldTexts {
  readonly texts: string[] = [];
  private bytes = 0;

  /** False when that is more than is held for anybody. */
  add(text: string): boolean {
    this.texts.push(text);
    this.bytes += text.length;
    return this.texts.length <= LIMITS.framesBeforeConnected && this.bytes <= LIMITS.bytesBeforeConnected;
  }
}

/** A text frame: an object a line. */
export function handleText(connection: Connection, text: string): void {
  let start = 0;
  while (start <= text.length && connection.state !== 'closed') {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end).trim();
    start = end + 1;
    if (line === '') {
      // A frame without any object is garbage, a blank line between objects is not.
      if (text.trim() === '') connection.close(CLOSE.badFrame);
    } else if (connection.state === 'admitting') connection.hold(line);
    else handleLine(connection, line);
  }
}

function handleLine(connection: Connection, line: string): void {
  const ack = connection.state === 'connected' ? quickAck(line) : undefined;
  if (ack && acknowledge(connection, ack) === 'moved') return;
  const parsed = parseClientFrame(line);
  if (parsed.kind === 'garbage') return connection.close(CLOSE.badFrame);
  if (connection.state === 'waiting' && (parsed.kind !== 'frame' || parsed.frame.op !== 'connect')) {
    if (parsed.kind === 'invalid') connection.send(errorFrame(parsed.error, parsed.id));
    return connection.close(parsed.kind === 'invalid' && parsed.op === 'connect' ? CLOSE.badFrame : CLOSE.protocol);
  }
  // An acknowledgement that moves a cursor was paid for by the entry it answers.
  if (parsed.kind === 'frame' && parsed.frame.op === 'ack' && acknowledge(connection, parsed.frame) === 'moved') return;
  const waitMs = connection.toll();
  if (connection.state === 'closed') return;
  if (waitMs > 0) {
    const error = new PushError('RATE_LIMITED', 'Too many frames; slow down', { retryAfterMs: waitMs });
    return connection.send(errorFrame(error, parsed.kind === 'frame' ? idOf(parsed.frame) : parsed.id));
  }
  switch (parsed.kind) {
    case 'unknown':
      return connection.send(
        errorFrame(new PushError('UNKNOWN_OP', `There is no op "${parsed.op}"`, { field: 'op' }), parsed.id),
      );
    case 'invalid':
      return connection.send(errorFrame(parsed.error, parsed.id));
    case 'frame':
      return handle(connection, parsed.frame);
  }
}

const idOf = (frame: ClientFrame): number | undefined => ('id' in frame ? frame.id : undefined);

function acknowledge(connection: Connection, { s, seq }: { s: string; seq: number }): 'moved' | 'idle' {
  const follower = connection.follower(streamNamed(s, connection.user));
  if (!follower || seq <= follower.acked || !follower.acknowledge(seq)) return 'idle';
  return 'moved';
}

function handle(connection: Connection, frame: ClientFrame): void {
  switch (frame.op) {
    case 'ack': {
      const follower = connection.follower(streamNamed(frame.s, connection.user));
      if (!follower) {
        const error = new PushError('NOT_FOUND', `This device does not follow "${frame.s}"`, { field: 's' });
        return connection.send(errorFrame(error));
      }
      // An acknowledgement of what was sent before a stream was left and followed anew is late, not wrong.
      if (!follower.acknowledge(frame.seq) && !connection.leftSome) connection.close(CLOSE.protocol);
      return;
    }
    case 'connect':
      if (connection.state !== 'waiting') return connection.close(CLOSE.protocol);
      connection.state = 'admitting';
      return connection.inBackground(admit(connection, frame));
    case 'read':
      return connection.inBackground(connection.hub.readBook.mark(connection, frame).then(() => undefined));
    case 'follow':
      return connection.inBackground(
        connection.inTurn(() => followTopic(connection, frame)),
        frame.id,
      );
    case 'unfollow':
      return connection.inBackground(
        connection.inTurn(() => leaveTopic(connection, frame)),
        frame.id,
      );
    case 'ping':
      return connection.queue(new SharedFrame(PONG));
  }
}
