import { PushError } from '../../errors.js';

/** The slice of `mqtt-packet` that is used here. */
export interface MqttPacketLibrary {
  parser(options?: { protocolVersion: number }): PacketParser;
  generate(packet: object, options?: { protocolVersion: number }): Buffer;
}

export interface PacketParser {
  on(event: 'packet', listener: (packet: unknown) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Returns how many bytes are left over. Tells of packets and errors before it returns. */
  parse(bytes: Buffer): number;
}

export async function loadMqttPacket(): Promise<MqttPacketLibrary> {
  const loaded = await import('mqtt-packet').catch((cause: unknown) => {
    throw new PushError('INTERNAL', 'MQTT needs the package mqtt-packet: npm install mqtt-packet', { cause });
  });
  // A CommonJS package: its names, or the whole of it as the default.
  const library = loaded as unknown as MqttPacketLibrary & { default?: MqttPacketLibrary };
  return library.default ?? library;
}
