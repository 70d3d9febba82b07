import type { Duplex } from 'node:stream';
import { generate, parser, type Packet } from 'mqtt-packet';
import type { ConnectOptions, Ending, TransportClient } from 'push-core/testing';
import type { PushFrame } from 'push-core/wire';
import { FrameReader } from './frame-reader.js';

const NOT_AUTHORIZED = new Set([4, 5, 0x86, 0x87]);

/** What carries the bytes. */
export interface Line {
  cut(): void;
  /** Calls back when it is gone, whoever ended it. */
  closed(run: () => void): void;
}

/**
 * Speaks MQTT packet by packet: the usual client acknowledges one message before it looks at the next, and a test wants
 * to decide that by itself.
 */
export class MqttClient implements TransportClient {
  private readonly reader = new FrameReader();
  readonly frames = this.reader.frames;
  readonly ended = this.reader.ended;
  private readonly ids = new Map<string, number>();
  private said: Ending = {};

  private constructor(
    private readonly stream: Duplex,
    private readonly line: Line,
    private readonly version: 4 | 5,
  ) {}

  /** Resolves when it has subscribed to all there is, or was refused. */
  static async connect(
    stream: Duplex,
    line: Line,
    version: 4 | 5,
    { token, device, window }: ConnectOptions,
  ): Promise<MqttClient> {
    const client = new MqttClient(stream, line, version);
    const subscribed = new Promise<void>((resolve) => client.listen(resolve));
    client.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: version,
      clean: false,
      clientId: device,
      keepalive: 60,
      // 3.1.1 has no password without it; empty: whoever the token says.
      username: '',
      password: Buffer.from(token),
      properties: version === 5 ? { sessionExpiryInterval: 600, receiveMaximum: window ?? 1024 } : undefined,
    });
    await Promise.race([subscribed, client.ended]);
    return client;
  }

  acknowledge(s: string, seq: number): void {
    const messageId = this.ids.get(`${seq} ${s}`);
    if (messageId !== undefined) this.send({ cmd: 'puback', messageId, reasonCode: 0 });
  }

  position(): undefined {
    return undefined;
  }

  pause(): void {
    this.stream.pause();
  }

  unpause(): void {
    this.stream.resume();
  }

  drop(): void {
    this.line.cut();
  }

  close(): void {
    this.send({ cmd: 'disconnect', reasonCode: 0 });
    this.stream.end();
  }

  private listen(subscribed: () => void): void {
    const packets = parser({ protocolVersion: this.version });
    packets.on('packet', (packet) => {
      if (packet.cmd === 'suback') subscribed();
      else this.take(packet);
    });
    this.stream.on('data', (chunk: Buffer) => void packets.parse(chunk));
    this.stream.on('error', () => undefined);
    this.line.closed(() => this.reader.gone(this.said));
  }

  private take(packet: Packet): void {
    switch (packet.cmd) {
      case 'connack': {
        const code = packet.returnCode ?? packet.reasonCode ?? 0;
        if (code === 0) {
          const subscriptions = [
            { topic: 'me', qos: 1 as const },
            { topic: 'events', qos: 0 as const },
          ];
          return this.send({ cmd: 'subscribe', messageId: 1, subscriptions });
        }
        this.said = { reconnect: !NOT_AUTHORIZED.has(code), ...whatIsSaid(packet.properties?.userProperties) };
        return;
      }
      case 'publish': {
        const text = packet.payload.toString();
        if (packet.qos === 1) {
          const { s, seq } = JSON.parse(text) as PushFrame;
          this.ids.set(`${seq} ${s}`, packet.messageId ?? 0);
        }
        return this.reader.take(text);
      }
      case 'disconnect':
        this.said = whatIsSaid(packet.properties?.userProperties);
        return;
      default:
    }
  }

  private send(packet: Packet): void {
    if (this.stream.writable) this.stream.write(generate(packet, { protocolVersion: this.version }));
  }
}

function whatIsSaid(properties: Record<string, string | string[]> = {}): Ending {
  const { reconnect, afterMs } = properties;
  return {
    ...(reconnect === undefined ? {} : { reconnect: reconnect === 'true' }),
    ...(afterMs === undefined ? {} : { afterMs: Number(afterMs) }),
  };
}
