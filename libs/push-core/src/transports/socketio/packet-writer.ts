import type { EventFrame, EventLine, SocketIoCodec } from './codec.js';
import {
  inside,
  type EngineConnection,
  type TcpSlice,
  type SocketIoNamespace,
  type SocketIoSocket,
} from './socket-io-slice.js';
import type { UntakenBytes } from './untaken-bytes.js';

/** Of a `ws` socket. */
const OPEN = 1;

/** Puts events on the wire of one socket; `acknowledged` finds what to call for an entry's id. */
export interface PacketWriter {
  /** Whole frames, or single lines of one, in order. */
  add(frame: EventFrame, lines?: readonly number[]): void;
  /** What was added leaves. */
  flush(): void;
  /** Bytes that the socket has not taken. */
  bufferedBytes(): number;
}

/** Whether packets made here are what this server would make: it can have a parser of its own. */
export function isPlainParser({ name, server }: SocketIoNamespace, codec: SocketIoCodec): boolean {
  const { encoder } = inside(server);
  if (!encoder) return false;
  const line = { event: 'push', payload: '{"a":"é"}', push: { s: '@me', seq: 1, id: 7 } };
  const theirs = encoder.encode({ type: 2, nsp: name, id: 7, data: ['push', { a: 'é' }] });
  return Array.isArray(theirs) && theirs.length === 1 && theirs[0] === codec.packet(line);
}

/** … and acknowledgements are looked up where they are expected: what Socket.IO keeps private may change. */
export function speaksPlainPackets(socket: SocketIoSocket, codec: SocketIoCodec): boolean {
  return (
    inside(socket).acks instanceof Map && typeof socket.conn.write === 'function' && isPlainParser(socket.nsp, codec)
  );
}

/**
 * Writes packets that were made once for all sockets. On a WebSocket all that is owed leaves as one piece of finished
 * WebSocket frames, by the option that Socket.IO's own broadcasts use; Engine.IO is asked each time whether it would take
 * it. On any other transport (polling, or a server that compresses) packet by packet, as text.
 */
export class EngineWriter implements PacketWriter {
  private readonly connection: EngineConnection;
  private pieces: Buffer[] = [];
  private packets: string[] = [];
  private transport?: EngineConnection['transport'];
  private finished = false;

  constructor(
    { conn }: SocketIoSocket,
    private readonly codec: SocketIoCodec,
    private readonly untaken: UntakenBytes,
  ) {
    this.connection = conn;
  }

  add(frame: EventFrame, lines?: readonly number[]): void {
    if (this.takesFinishedFrames()) {
      if (!lines) this.pieces.push(frame.bytes);
      else for (const at of lines) this.pieces.push(frame.buffers[at] as Buffer);
      return;
    }
    const chosen = lines ? lines.map((at) => frame.lines[at] as EventLine) : frame.lines;
    for (const line of chosen) this.packets.push(this.codec.packet(line));
  }

  flush(): void {
    const { connection, untaken, pieces, packets } = this;
    if (pieces.length > 0) {
      this.pieces = [];
      const tcp = this.idleSocket();
      if (tcp) return this.writeBeside(tcp, pieces);
      const list = pieces.length <= 2 ? pieces : [Buffer.concat(pieces)];
      untaken.handed(list.reduce((sum, piece) => sum + piece.length, 0));
      connection.write('', { wsPreEncodedFrame: list, compress: false }, untaken.taken);
    }
    if (packets.length > 0) {
      this.packets = [];
      for (const packet of packets) {
        untaken.handed(packet.length);
        connection.write(packet, {}, untaken.taken);
      }
    }
  }

  bufferedBytes(): number {
    const { connection, untaken } = this;
    // What the engine has passed on entirely is counted by the socket itself, and sooner than the callbacks come.
    const passedOn = inside(connection).writeBuffer?.length === 0;
    return untaken.count(passedOn ? inside(connection.transport).socket?.bufferedAmount : undefined);
  }

  /**
   * The TCP socket, where the engine has nothing of its own on the way: what it would do with finished frames then is to
   * write them there, after as much bookkeeping as the rest of a delivery takes.
   */
  private idleSocket(): TcpSlice | undefined {
    const { writeBuffer } = inside(this.connection);
    const { writable, socket } = inside(this.connection.transport);
    if (writable !== true || writeBuffer?.length !== 0 || socket?.readyState !== OPEN) return undefined;
    const tcp = socket._socket;
    return typeof tcp?.write === 'function' && typeof tcp.cork === 'function' ? tcp : undefined;
  }

  /** `ws` writes whole frames synchronously as long as nothing is compressed: frames never interleave. */
  private writeBeside(tcp: TcpSlice, pieces: readonly Buffer[]): void {
    const last = pieces.length - 1;
    this.untaken.handed(pieces.reduce((sum, piece) => sum + piece.length, 0));
    if (last > 0) tcp.cork();
    for (let i = 0; i < last; i++) tcp.write(pieces[i] as Buffer);
    tcp.write(pieces[last] as Buffer, this.untaken.taken);
    if (last > 0) tcp.uncork();
  }

  private takesFinishedFrames(): boolean {
    const { transport } = this.connection;
    if (transport !== this.transport) {
      this.transport = transport;
      const packet = { type: 'message', options: { wsPreEncodedFrame: [] } };
      this.finished = transport.name === 'websocket' && inside(transport)._canSendPreEncodedFrame?.(packet) === true;
    }
    return this.finished;
  }
}

/** By the public `emit`, object by object: for servers whose packets are not the plain ones. */
export class EmitWriter implements PacketWriter {
  constructor(
    private readonly socket: SocketIoSocket,
    private readonly acknowledged: (id: number) => void,
  ) {}

  add(frame: EventFrame, lines?: readonly number[]): void {
    for (const { event, payload, push } of lines ? lines.map((at) => frame.lines[at] as EventLine) : frame.lines) {
      const value: unknown = JSON.parse(payload);
      if (push) this.socket.emit(event, value, () => this.acknowledged(push.id));
      else this.socket.emit(event, value);
    }
  }

  flush(): void {}

  bufferedBytes(): number {
    return inside(this.socket.conn.transport).socket?.bufferedAmount ?? 0;
  }
}
