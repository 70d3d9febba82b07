import { CLOSE } from '../../close-reasons.js';
import type { Client } from './client.js';
import type { ClientPacket, PacketReader } from './client-packets.js';
import type { MqttConnection } from './connection.js';
import { REASON } from './reason-codes.js';
import { PINGRESP } from './replies.js';

const CONNECT = 1;
const PUBACK = 0x40;
const PLAIN_PUBACK_BYTES = 4;

/** A packet of a client that has its CONNACK. */
export function handlePacket(connection: MqttConnection, client: Client, bytes: Buffer, reader: PacketReader): void {
  // Nearly all there is, and of one form: read without the parser.
  if (bytes[0] === PUBACK && bytes.length === PLAIN_PUBACK_BYTES) {
    const id = bytes.readUInt16BE(2);
    if (id === 0) return malformed(connection, 'a packet id is never 0');
    client.deliveries.acknowledged(id);
    return;
  }
  // Not for the reader, which would take over the version it names.
  if ((bytes[0] as number) >> 4 === CONNECT) return broken(connection, REASON.protocol, 'CONNECT comes once');
  const packet = reader.read(bytes);
  if (!packet) return malformed(connection, 'a packet is malformed');
  // A PUBACK was paid for by the entry it answers.
  if (packet.cmd === 'puback' && client.version === 5 && client.deliveries.acknowledged(packet.messageId ?? 0)) return;
  if (!connection.mayPass())
    return connection.fail(CLOSE.overloaded, REASON.messageRate, 'too many packets; slow down');
  obey(connection, client, packet, bytes);
}

function obey(connection: MqttConnection, client: Client, packet: ClientPacket, bytes: Buffer): void {
  switch (packet.cmd) {
    case 'puback':
      // For nothing that is in flight; 3.1.1 knows no other form than the plain one.
      if (client.version === 4) malformed(connection, 'a PUBACK is malformed');
      return;
    case 'subscribe':
      if (packet.properties?.subscriptionIdentifier === undefined) return client.subscriptions.subscribe(packet);
      return broken(connection, REASON.subscriptionIdentifiers, 'there are no subscription identifiers');
    case 'unsubscribe':
      return client.subscriptions.unsubscribe(packet);
    case 'pingreq':
      if (bytes.length !== PINGRESP.length) return malformed(connection, 'a PINGREQ is malformed');
      return connection.write(PINGRESP);
    case 'publish':
      return refusePublish(connection, client, packet);
    case 'disconnect':
      return goodbye(connection, client, packet);
    default:
      return broken(connection, REASON.protocol, `${packet.cmd} is not expected here`);
  }
}

/** 3.1.1 knows no other answer than to close. */
function refusePublish(connection: MqttConnection, client: Client, packet: ClientPacket): void {
  const { qos, retain, properties, messageId } = packet;
  const why = 'clients do not publish; the backend does';
  if (client.version === 4) return broken(connection, REASON.notAuthorized, why);
  if (retain) return broken(connection, REASON.retain, why);
  if (qos === 2) return broken(connection, REASON.qos, why);
  if (properties?.topicAlias !== undefined) return broken(connection, REASON.topicAlias, why);
  if (qos === 0 || messageId === undefined) return broken(connection, REASON.notAuthorized, why);
  connection.write(client.replies.puback(messageId, REASON.notAuthorized, why));
}

function goodbye(connection: MqttConnection, client: Client, { properties }: ClientPacket): void {
  const expiry = properties?.sessionExpiryInterval;
  if (typeof expiry === 'number') {
    if (expiry > 0 && client.sessionExpiry === 0) {
      return broken(connection, REASON.protocol, 'a session that was to end with its connection ends with it');
    }
    client.sessionExpiry = expiry;
  }
  connection.leave();
}

const malformed = (connection: MqttConnection, why: string): void =>
  connection.fail(CLOSE.badFrame, REASON.malformed, why);

const broken = (connection: MqttConnection, code: number, why: string): void =>
  connection.fail(CLOSE.protocol, code, why);
