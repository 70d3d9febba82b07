import { connect } from 'node:net';
import { generate, parser, type Packet } from 'mqtt-packet';
import type { PushFrame, ServerFrame } from 'push-core/wire';
import { Client, type LinkEvents, type RawLink } from './client.js';

const VERSION = 5;

/** MQTT 5 packet by packet. It has no cursor of its own to resume with: the server's is the only one. */
export class MqttClient extends Client {
  readonly transport = 'mqtt';

  protected begin(events: LinkEvents): RawLink {
    const { port, token, device } = this.options;
    const socket = connect(port, '127.0.0.1');
    const ids = new Map<string, number>();
    let why: { code?: number; final?: boolean; reason?: string } = {};
    const send = (packet: Packet): void => {
      if (socket.writable) socket.write(generate(packet, { protocolVersion: VERSION }));
    };
    const packets = parser({ protocolVersion: VERSION });
    packets.on('packet', (packet) => {
      if (packet.cmd === 'connack') {
        const code = packet.reasonCode ?? 0;
        if (code !== 0) return void (why = { code, final: code === 0x86 || code === 0x87 });
        const topics = [
          { topic: 'me', qos: 1 as const },
          { topic: 'events', qos: 0 as const },
        ];
        return send({ cmd: 'subscribe', messageId: 1, subscriptions: topics });
      }
      if (packet.cmd === 'suback') return events.connected();
      if (packet.cmd === 'disconnect') {
        const code = packet.reasonCode ?? 0;
        // 0x8e: another link of the same client took over.
        why = { code, final: code === 0x8e, reason: packet.properties?.reasonString };
      }
      if (packet.cmd !== 'publish') return;
      const frame = JSON.parse(packet.payload.toString()) as ServerFrame;
      if (packet.qos === 1) ids.set(placeOf(frame as PushFrame), packet.messageId ?? 0);
      if (frame.op !== 'connected') return events.frame(frame);
      events.connected(frame.streams);
    });
    socket.on('data', (chunk) => void packets.parse(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => events.gone(why));
    send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: VERSION,
      clean: false,
      clientId: device,
      keepalive: 60,
      username: '',
      password: Buffer.from(token),
      properties: { sessionExpiryInterval: 600, receiveMaximum: 256 },
    });
    return {
      // A signature covers what came before; MQTT signs one by one.
      acknowledge: (s, seq) => {
        for (const [place, messageId] of ids) {
          const [stream, at] = place.split(' ') as [string, string];
          if (stream !== s || Number(at) > seq) continue;
          ids.delete(place);
          send({ cmd: 'puback', messageId, reasonCode: 0 });
        }
      },
      drop: () => socket.destroy(),
      abandon: () => void socket.pause(),
    };
  }
}

const placeOf = ({ s, seq }: PushFrame): string => `${s} ${seq}`;
