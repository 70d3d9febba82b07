import { CLOSE, type CloseReason } from '../../close-reasons.js';
import { toPushError } from '../../errors.js';
import { LIMITS } from '../../model/limits.js';
import type { ByeFrame, ConnectedFrame, ErrorFrame, ServerFrame } from '../../wire.js';
import type { SharedFrame } from '../shared-frame.js';
import type { Link, LinkHandler } from '../transport.js';
import type { ByteListener, ByteSocket } from './byte-socket.js';
import { Client } from './client.js';
import { handlePacket } from './client-requests.js';
import { readConnect } from './connect-request.js';
import { passPart } from './core-parts.js';
import { Framer } from './framer.js';
import { HeldPackets } from './held-packets.js';
import { disconnectCode, REASON, REFUSAL, refusalFor, refusalOf } from './reason-codes.js';
import { Replies } from './replies.js';
import type { Site } from './site.js';

/**
 * One MQTT client, and the core's link to it.
 *
 *   waiting   for CONNECT, at most connectTimeoutMs                 → entering
 *   entering  the token is looked at, then the core admits the device; packets that arrive are held (bounded)
 *                                                                   → open with CONNACK when the core says `connected`
 *   open      PUBLISH and PUBACK travel, subscriptions open and close streams
 *   closing   from any state: the last packet is written, the socket is ending
 *   closed    the socket is gone. Final.
 *
 * What happens in one turn leaves in one write, and the PUBACKs of a chunk reach the core as one frame.
 */
export class MqttConnection implements Link, ByteListener {
  readonly transport = 'mqtt';
  /** MQTT 5 forbids to send twice on one connection. */
  readonly resends = 'on return';
  readonly lingerMs = 0;
  state: 'waiting' | 'entering' | 'open' | 'closing' | 'closed' = 'waiting';
  private readonly framer = new Framer(LIMITS.clientFrameBytes);
  private held?: HeldPackets;
  private handler?: LinkHandler;
  private client?: Client;
  /** Written in this turn so far. */
  private out?: Buffer[];
  private workPlanned = false;
  /** On the elapsed clock. */
  private lastHeard: number;
  /** When it came, or began to close, on the elapsed clock. */
  private since: number;
  /** Since the last tick, PUBACKs not counted. */
  private packets = 0;
  /** What was said before the end. */
  private lastError?: ErrorFrame;
  private bye?: ByeFrame;
  private farewell?: { readonly code: number; readonly why: string };

  constructor(
    private readonly site: Site,
    private readonly socket: ByteSocket,
  ) {
    this.lastHeard = this.since = site.settings.clock.elapsed();
  }

  // ---- bytes

  arrived(chunk: Buffer): void {
    if (this.state === 'closing' || this.state === 'closed') return;
    this.lastHeard = this.site.settings.clock.elapsed();
    this.handler?.alive();
    this.turn(() => {
      const framing = this.framer.feed(chunk, (packet) => this.take(packet));
      if (framing === 'malformed') this.fail(CLOSE.badFrame, REASON.malformed, 'this is not MQTT');
      if (framing === 'too large')
        this.fail(CLOSE.frameTooLarge, REASON.tooLarge, `a packet may have ${LIMITS.clientFrameBytes} bytes`);
    });
  }

  drained(): void {
    this.handler?.drained();
  }

  closed(): void {
    if (this.state === 'closed') return;
    this.passAcks();
    this.keepSession();
    this.state = 'closed';
    this.held = undefined;
    this.site.closed(this);
    this.handler?.closed();
  }

  // ---- the link's write side

  send(frames: readonly SharedFrame[]): void {
    const { client } = this;
    if (!client || this.state === 'closing' || this.state === 'closed') return;
    const isOwnTurn = this.out === undefined;
    const out = (this.out ??= []);
    for (const frame of frames) {
      for (const part of frame.encodedBy(client.codec)) {
        if (part.kind === 'notice') this.heed(part.frame, client);
        passPart(client, part, out);
      }
    }
    if (isOwnTurn) this.flush();
    if (client.deliveries.owesAcks) this.planWork();
  }

  bufferedBytes(): number {
    return this.socket.bufferedBytes() + (this.client?.deliveries.parkedBytes ?? 0);
  }

  /** MQTT gives a server nothing to ask with: keep alive is the client's part, and is enforced in `tick`. */
  ping(): void {
    this.handler?.alive();
  }

  close(reason: CloseReason): void {
    const { code, why } = this.farewell ?? { code: disconnectCode(reason), why: reason.reason };
    const back = { reconnect: this.bye?.reconnect ?? reason.reconnect, afterMs: this.bye?.afterMs };
    const { replies } = this.client ?? {};
    if (this.state === 'open') this.leave(replies?.disconnect(code, why, back));
    else this.leave(replies?.refusal(refusalFor(reason), this.lastError?.message ?? why, back));
  }

  // ---- once a second

  tick(elapsed: number): void {
    const { connectTimeoutMs, closeTimeoutMs } = this.site.settings;
    this.packets = 0;
    switch (this.state) {
      case 'waiting':
        if (elapsed - this.since >= connectTimeoutMs) this.leave();
        return;
      case 'entering':
        if (elapsed - this.since >= 2 * connectTimeoutMs) this.fail(CLOSE.overloaded, REASON.busy, 'no answer in time');
        return;
      case 'open': {
        const limitMs = (this.client?.keepAlive ?? 0) * 1500;
        if (limitMs > 0 && elapsed - this.lastHeard > limitMs)
          this.fail(CLOSE.noHeartbeat, REASON.keepAlive, 'nothing came for 1.5 times the keep alive');
        return;
      }
      case 'closing':
        if (elapsed - this.since >= closeTimeoutMs) this.socket.destroy();
        return;
      case 'closed':
    }
  }

  /** The door closes: everybody out. */
  shutDown(): void {
    this.fail(CLOSE.draining, REASON.shuttingDown, CLOSE.draining.reason);
  }

  // ---- for the client's requests

  /** One packet more, if it is not one too many of this second. */
  mayPass(): boolean {
    return ++this.packets <= this.site.settings.packetsPerSecond;
  }

  /** Frames for the core, a line each. */
  ask(lines: string): void {
    this.handler?.received(lines);
  }

  /** Leaves with what else this turn has to say. */
  write(packet: Buffer): void {
    if (this.out) this.out.push(packet);
    else this.socket.write([packet]);
  }

  /** A rule was broken. */
  fail(reason: CloseReason, code: number, why: string): void {
    this.farewell = { code, why };
    this.passAcks();
    this.handler?.violated(reason);
    // Where the core has no say, or had its last word already.
    this.close(reason);
  }

  leave(last?: Buffer): void {
    if (this.state === 'closing' || this.state === 'closed') return;
    this.passAcks();
    this.keepSession();
    this.state = 'closing';
    this.held = undefined;
    this.since = this.site.settings.clock.elapsed();
    if (last) this.write(last);
    this.flush();
    this.socket.end();
  }

  // ---- coming in

  /** True while more is wanted. */
  private take(packet: Buffer): boolean {
    if (this.state === 'waiting') this.connect(packet);
    else if (!this.held) this.handle(packet);
    else if (!this.held.add(packet)) this.fail(CLOSE.protocol, REASON.quota, 'too much before CONNACK');
    return this.state === 'entering' || this.state === 'open';
  }

  private connect(bytes: Buffer): void {
    const { site } = this;
    const asked = readConnect(bytes, site.readers.connect);
    switch (asked.kind) {
      case 'malformed':
        return this.leave();
      case 'refused':
        return this.leave(new Replies(site.library, asked.version, true).refusal(asked.refusal, asked.why));
      case 'request':
        this.state = 'entering';
        this.held = new HeldPackets();
        this.client = new Client(asked.request, site.settings, site.library, {
          ask: (lines) => this.ask(lines),
          write: (packet) => this.write(packet),
        });
        void this.enter(this.client);
    }
  }

  private async enter(client: Client): Promise<void> {
    const { push } = this.site;
    const { request, window } = client;
    const { address } = this.socket;
    try {
      const crowded = push.refusal(address);
      if (crowded) throw crowded;
      const guest = await push.identify({ token: request.token }, request.clientId || undefined);
      if (this.state !== 'entering') return;
      if (request.user && request.user !== guest.identity.user)
        return this.leave(client.replies.refusal(REFUSAL.badCredentials, 'the user name is not that of the token'));
      client.guest = guest;
      const connect = { device: guest.device, window };
      this.handler = push.accept(this, { identity: guest.identity, address, connect });
    } catch (thrown) {
      const { code, message, retryable, retryAfterMs } = toPushError(thrown);
      this.leave(client.replies.refusal(refusalOf(code), message, { reconnect: retryable, afterMs: retryAfterMs }));
    }
  }

  private heed(frame: ServerFrame, client: Client): void {
    if (frame.op === 'connected') this.open(frame, client);
    else if (frame.op === 'bye') this.bye = frame;
    else if (frame.op === 'error' && this.state === 'entering') this.lastError = frame;
  }

  /** The device was admitted: CONNACK, and what a session of it left behind. */
  private open({ streams }: ConnectedFrame, client: Client): void {
    const { sessions, settings } = this.site;
    const session = sessions.take(client.sessionKey);
    const sessionPresent = session !== undefined && !client.request.clean;
    client.begin(streams, sessionPresent ? session : undefined);
    this.state = 'open';
    this.site.admitted(this);
    this.write(client.welcome(sessionPresent));
    // Not from inside the core's call.
    settings.clock.soon(() => this.turn(() => this.unhold()));
  }

  private unhold(): void {
    const packets = this.held?.packets ?? [];
    this.held = undefined;
    for (const packet of packets) if (this.state === 'open') this.handle(packet);
  }

  private handle(packet: Buffer): void {
    const client = this.client as Client;
    handlePacket(this, client, packet, this.site.readers[client.version]);
  }

  // ---- turns

  private turn(work: () => void): void {
    const isOwn = this.out === undefined;
    this.out ??= [];
    work();
    const { client } = this;
    const parked = client?.deliveries.parkedBytes ?? 0;
    if (this.state === 'open' && client) {
      client.events.release((this.out ??= []));
      if (parked > 0) client.deliveries.release((this.out ??= []));
      this.passAcks();
    }
    if (isOwn) this.flush();
    if (this.bufferedBytes() < parked) this.handler?.drained();
  }

  private passAcks(): void {
    const acks = this.client?.deliveries.takeAcks() ?? '';
    if (acks !== '') this.handler?.received(acks);
  }

  /** Acknowledgements that came up while the core was speaking. */
  private planWork(): void {
    if (this.workPlanned) return;
    this.workPlanned = true;
    this.site.settings.clock.soon(() => {
      this.workPlanned = false;
      this.turn(() => undefined);
    });
  }

  private flush(): void {
    const pieces = this.out;
    this.out = undefined;
    if (pieces && pieces.length > 0) this.socket.write(pieces);
  }

  private keepSession(): void {
    const { client } = this;
    if (this.state === 'open' && client) this.site.sessions.keep(client.sessionKey, client.memory(), client.sessionMs);
  }
}
