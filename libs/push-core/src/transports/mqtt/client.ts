import { LIMITS } from '../../model/limits.js';
import type { Guest } from '../../push.js';
import type { Codec } from '../shared-frame.js';
import type { Version } from './client-packets.js';
import { eventPacket, MQTT_CODECS, type Part } from './codec.js';
import type { ConnectRequest } from './connect-request.js';
import { Deliveries } from './deliveries.js';
import { Events } from './events.js';
import type { ResolvedSettings } from './options.js';
import type { MqttPacketLibrary } from './packet-library.js';
import { Replies } from './replies.js';
import type { Session } from './sessions.js';
import { Subscriptions } from './subscriptions.js';
import type { StreamInfo, StreamName } from '../../wire.js';

/** What a client needs of its connection. */
export interface ClientPort {
  /** Hands frames to the core, a line each. */
  ask(lines: string): void;
  /** Leaves with what else this turn has to say. */
  write(packet: Buffer): void;
}

/** What a connection knows of its client once CONNECT has been read. */
export class Client {
  readonly version: Version;
  readonly codec: Codec<readonly Part[]>;
  readonly replies: Replies;
  readonly subscriptions: Subscriptions;
  readonly deliveries: Deliveries;
  readonly events: Events;
  /** Seconds; 0: never. */
  readonly keepAlive: number;
  /** Seconds its session is remembered. */
  sessionExpiry: number;
  /** Unacknowledged entries of one stream; undefined: as many as the engine thinks right. */
  readonly window?: number;
  /** Set when the token was good. */
  guest?: Guest;

  constructor(
    readonly request: ConnectRequest,
    private readonly settings: ResolvedSettings,
    library: MqttPacketLibrary,
    port: ClientPort,
  ) {
    const { version, packetBytes } = request;
    this.version = version;
    this.codec = MQTT_CODECS[version];
    this.replies = new Replies(library, version, request.wantsReasons);
    const inFlight = Math.min(settings.inFlight, request.receiveMaximum);
    this.window = inFlight < LIMITS.windowEntries ? inFlight : undefined;
    this.sessionExpiry = Math.min(request.sessionExpiry, Math.floor(settings.sessionMs / 1000));
    // 3.1.1 has no way to be told another one.
    const longest = Math.floor(settings.keepAliveMs / 1000);
    this.keepAlive = version === 5 ? Math.min(request.keepAlive || longest, longest) : request.keepAlive;
    this.events = new Events(packetBytes);
    this.subscriptions = new Subscriptions({
      ask: (lines) => port.ask(lines),
      events: this.events,
      follows: (topic) => this.deliveries.follows(topic),
      suback: (messageId, codes, why) => port.write(this.replies.suback(messageId, codes, why)),
      unsuback: (messageId, codes) => port.write(this.replies.unsuback(messageId, codes)),
    });
    this.deliveries = new Deliveries(
      { inFlight, packetBytes },
      (stream) => this.subscriptions.isOpen(stream),
      (s, seq, out) => {
        const gap = JSON.stringify({ op: 'gap', s, from: seq, to: seq, reason: 'too large' });
        this.events.offer(eventPacket(gap, version), false, out);
      },
    );
  }

  welcome(sessionPresent: boolean): Buffer {
    const { request, guest, keepAlive, sessionExpiry } = this;
    return this.replies.welcome({
      sessionPresent,
      clientId: request.clientId === '' ? guest?.device : undefined,
      sessionExpiry: sessionExpiry === request.sessionExpiry ? undefined : sessionExpiry,
      keepAlive: keepAlive === request.keepAlive ? undefined : keepAlive,
      maximumPacketBytes: LIMITS.clientFrameBytes,
    });
  }

  /** Where each stream begins, and what was in flight of it in the session that goes on. */
  begin(streams: Readonly<Record<StreamName, StreamInfo>>, session: Session | undefined): void {
    const { subscriptions, deliveries } = this;
    const lanes = new Map(session?.lanes.map((lane) => [lane.stream, lane]));
    for (const [stream, info] of Object.entries(streams)) deliveries.begin(stream, info, lanes.get(stream));
    if (!session) return;
    const topics = session.topics.filter((topic) => deliveries.follows(topic));
    subscriptions.restore({ ...session, topics });
  }

  memory(): Session {
    return { ...this.subscriptions.memory(), lanes: this.deliveries.memory() };
  }

  /** Under which its session is remembered; ids hold no white space. */
  get sessionKey(): string {
    const { identity, device } = this.guest as Guest;
    return `${identity.tenant} ${identity.user} ${device}`;
  }

  get sessionMs(): number {
    return Math.min(this.sessionExpiry * 1000, this.settings.sessionMs);
  }
}
