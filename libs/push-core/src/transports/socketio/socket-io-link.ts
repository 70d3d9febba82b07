import type { Clock } from '../../clock/clock.js';
import { CLOSE, type CloseReason } from '../../close-reasons.js';
import type { ErrorFrame, OkFrame } from '../../wire.js';
import { SharedFrame } from '../shared-frame.js';
import type { Link, LinkHandler } from '../transport.js';
import { AckLedger, type AckSlots } from './ack-ledger.js';
import type { EventFrame, EventLine, SocketIoCodec } from './codec.js';
import { EmitWriter, EngineWriter, speaksPlainPackets, type PacketWriter } from './packet-writer.js';
import { inside, type SocketIoSocket } from './socket-io-slice.js';
import { UntakenBytes } from './untaken-bytes.js';

/** A client that breaks the rules loses its connection, not only this namespace. */
const VIOLATIONS: ReadonlySet<number> = new Set([CLOSE.badFrame.code, CLOSE.protocol.code, CLOSE.frameTooLarge.code]);

export type Answer = Readonly<OkFrame> | Readonly<ErrorFrame>;

/** How a link ends its socket; undefined leaves the socket to its owner. */
export type EndSocket = ((socket: SocketIoSocket, reason: CloseReason) => void) | undefined;

/**
 * One socket of a namespace. Frames leave as events; the client's acknowledgement of a `push` is our `ack` of the entry,
 * and those of one turn reach the core as one cumulative `ack` a stream.
 */
export class SocketIoLink implements Link {
  readonly transport = 'socketio';
  readonly resends = 'in place';
  readonly lingerMs = 0;
  private handler?: LinkHandler;
  private readonly ledger: AckLedger;
  private readonly writer: PacketWriter;
  private readonly answers = new Map<number, (answer: Answer) => void>();
  private readonly untaken = new UntakenBytes(() => {
    // The engine tells late: a link that has ended says nothing more.
    if (!this.ended) this.handler?.drained();
  });
  private acksDue = false;
  /** While the core handles a frame: an error it answers with has no other way to say which frame it is about. */
  private overheard: ErrorFrame[] | undefined;
  private ended = false;

  constructor(
    private readonly socket: SocketIoSocket,
    private readonly codec: SocketIoCodec,
    private readonly clock: Clock,
    private readonly endSocket: EndSocket,
    /** Called once, when the socket is gone or no longer ours. */
    private readonly left: () => void,
  ) {
    const plain = speaksPlainPackets(socket, codec);
    const slots: AckSlots & { get(id: number): unknown } = plain
      ? (inside(socket).acks as Map<number, () => void>)
      : new Map<number, () => void>();
    this.ledger = new AckLedger(slots, () => this.signSoon());
    this.writer = plain
      ? new EngineWriter(socket, codec, this.untaken)
      : new EmitWriter(socket, (id) => (slots.get(id) as (() => void) | undefined)?.());
  }

  /** Whom to tell; `Push.accept` returned it. */
  join(handler: LinkHandler): void {
    this.handler = handler;
  }

  // ---- the core's side

  send(frames: readonly SharedFrame[]): void {
    if (this.ended || !this.socket.connected || this.socket.conn.readyState !== 'open') return;
    for (const frame of frames) this.add(frame.encodedBy(this.codec));
    this.writer.flush();
  }

  bufferedBytes(): number {
    return this.writer.bufferedBytes();
  }

  /** An engine ping; older clients ping by themselves and take none. */
  ping(): void {
    const { conn } = this.socket;
    if (conn.protocol === 4 && conn.readyState === 'open') inside(conn).sendPacket?.('ping');
  }

  close(reason: CloseReason): void {
    if (this.ended) return;
    if (this.endSocket) this.endSocket(this.socket, reason);
    else this.gone();
  }

  // ---- the socket's side

  /** The socket is gone, or is no longer ours. */
  gone(): void {
    if (this.ended) return;
    this.ended = true;
    this.ledger.clear();
    this.answers.clear();
    this.left();
    this.handler?.closed();
  }

  /** The transport ends it: the client is told, then `close` follows. */
  dismiss(reason: CloseReason): void {
    this.handler?.violated(reason);
  }

  /** What was handed to the engine's last transport is not waited for any more. */
  upgraded(): void {
    this.untaken.reset();
  }

  /** Asks the core; the error it answers with at once, if any. */
  ask(line: string): ErrorFrame | undefined {
    const errors = (this.overheard = [] as ErrorFrame[]);
    this.handler?.received(line);
    this.overheard = undefined;
    return errors[0];
  }

  /** An error nobody asked about, as event. */
  tell(error: ErrorFrame): void {
    this.send([new SharedFrame(JSON.stringify(error))]);
  }

  /** The answer to the frame with this id goes to `answer`, not out as an event. */
  expect(id: number, answer: (answer: Answer) => void): void {
    this.answers.set(id, answer);
  }

  get expecting(): number {
    return this.answers.size;
  }

  /** The client signed for everything up to `seq`. */
  covered(s: string, seq: number): void {
    this.ledger.cover(s, seq);
  }

  // ---- inside

  private add(frame: EventFrame): void {
    const { lines } = frame;
    let left: number[] | undefined;
    for (let at = 0; at < lines.length; at++) {
      const leaves = this.leaves(lines[at] as EventLine);
      if (leaves) left?.push(at);
      else left ??= Array.from({ length: at }, (_, before) => before);
    }
    if (!left) this.writer.add(frame);
    else if (left.length > 0) this.writer.add(frame, left);
  }

  /** Books a line; false when it is not for the wire. */
  private leaves({ push, frame }: EventLine): boolean {
    if (push) return this.ledger.push(push.s, push.seq, push.id) === 'waits';
    switch (frame?.op) {
      case 'gap':
      case 'skip':
        this.ledger.account(frame.s, frame.from, frame.to);
        return true;
      case 'followed':
      case 'unfollowed':
        this.ledger.forget(frame.s);
        return true;
      case 'ok':
        if (frame.s !== undefined) this.ledger.forget(frame.s);
        this.answered(frame);
        return false;
      case 'error':
        if (this.answered(frame)) return false;
        if (!this.overheard) return true;
        this.overheard.push(frame);
        return false;
      default:
        return frame?.op !== 'pong';
    }
  }

  private answered(frame: Answer): boolean {
    const answer = frame.id === undefined ? undefined : this.answers.get(frame.id);
    if (!answer) return false;
    this.answers.delete(frame.id as number);
    answer(frame);
    return true;
  }

  /** At the end of the turn: acknowledgements come packet by packet, many in a turn. */
  private signSoon(): void {
    if (this.acksDue) return;
    this.acksDue = true;
    this.clock.soon(() => {
      this.acksDue = false;
      if (this.ended) return;
      const text = this.ledger.takeAcks();
      if (text !== '') this.handler?.received(text);
    });
  }
}

/**
 * Socket.IO's client comes back by itself when the connection is lost, and does not when the server disconnects it: so
 * that is what each reason does.
 */
export function endBySocketIo(socket: SocketIoSocket, reason: CloseReason): void {
  if (reason.reconnect) socket.conn.close();
  else socket.disconnect(VIOLATIONS.has(reason.code));
}
