import { isPushError } from '../../errors.js';
import { names } from '../../model/names.js';
import {
  hasPasswordOnly,
  protocolLevel,
  type ClientPacket,
  type PacketReader,
  type Version,
} from './client-packets.js';
import { REASON, REFUSAL, RETURN, type Refusal } from './reason-codes.js';

/** What a client asks for in CONNECT. */
export interface ConnectRequest {
  readonly version: Version;
  /** Empty: the token's device. */
  readonly clientId: string;
  readonly token: string;
  /** Undefined or empty: whoever the token says. */
  readonly user?: string;
  readonly clean: boolean;
  /** Seconds; 0: never. */
  readonly keepAlive: number;
  /** Seconds the session is to be remembered after the connection. */
  readonly sessionExpiry: number;
  readonly receiveMaximum: number;
  /** The largest packet it takes. */
  readonly packetBytes: number;
  readonly wantsReasons: boolean;
}

export type ReadConnect =
  | { readonly kind: 'request'; readonly request: ConnectRequest }
  | { readonly kind: 'refused'; readonly version: Version; readonly refusal: Refusal; readonly why: string }
  /** Not MQTT, or not allowed to be answered. */
  | { readonly kind: 'malformed' };

/** Every answer of ours fits. */
const SMALLEST_PACKET_BYTES = 1024;
const FOREVER = 0xffff_ffff;
const PROTOCOL_ERROR: Refusal = { v4: RETURN.notAuthorized, v5: REASON.protocol };
const MALFORMED: Refusal = { v4: RETURN.notAuthorized, v5: REASON.malformed };

export function readConnect(bytes: Buffer, reader: PacketReader): ReadConnect {
  const level = protocolLevel(bytes);
  if (level === undefined) return { kind: 'malformed' };
  if (level !== 4 && level !== 5) {
    return refused(level > 5 && level < 128 ? 5 : 4, REFUSAL.version, 'MQTT 3.1.1 and 5 are spoken here');
  }
  const packet = reader.read(bytes);
  if (!packet || (level === 4 && hasPasswordOnly(bytes))) {
    return level === 4 ? { kind: 'malformed' } : refused(5, MALFORMED, 'this CONNECT is malformed');
  }
  return judge(packet, level);
}

function judge(packet: ClientPacket, version: Version): ReadConnect {
  const { clientId = '', clean = true, keepalive = 0, username, password, will, properties = {} } = packet;
  const sessionExpiry = version === 4 ? (clean ? 0 : FOREVER) : numberOf(properties, 'sessionExpiryInterval', 0);
  const receiveMaximum = numberOf(properties, 'receiveMaximum', 65_535);
  const packetBytes = numberOf(properties, 'maximumPacketSize', Infinity);
  if (!(receiveMaximum > 0 && packetBytes > 0 && sessionExpiry >= 0)) {
    return refused(version, PROTOCOL_ERROR, 'a property of CONNECT has a value it must not have');
  }
  if (packetBytes < SMALLEST_PACKET_BYTES) {
    return refused(version, REFUSAL.tooSmall, `the maximum packet size must be ${SMALLEST_PACKET_BYTES} or more`);
  }
  if (properties.authenticationMethod !== undefined || properties.authenticationData !== undefined) {
    return refused(version, REFUSAL.authenticationMethod, 'the token travels in the password');
  }
  if (will) {
    return refused(
      version,
      will.retain ? REFUSAL.retainedWill : REFUSAL.will,
      'clients publish nothing, a will neither',
    );
  }
  // A session needs a name its client knows: 3.1.1 has no way to tell one.
  if (clientId === '' && version === 4 && !clean) return refused(version, REFUSAL.clientId, 'the client id is missing');
  if (clientId !== '' && !isDevice(clientId)) {
    return refused(version, REFUSAL.clientId, 'the client id is the device: 1–128 characters, no white space');
  }
  if (password === undefined) return refused(version, REFUSAL.badCredentials, 'the token goes into the password');
  const token = password.toString();
  const wantsReasons = properties.requestProblemInformation !== false;
  const request: ConnectRequest = {
    version,
    clientId,
    token,
    user: username,
    clean,
    keepAlive: keepalive,
    sessionExpiry,
    receiveMaximum,
    packetBytes,
    wantsReasons,
  };
  return { kind: 'request', request };
}

const refused = (version: Version, refusal: Refusal, why: string): ReadConnect => ({
  kind: 'refused',
  version,
  refusal,
  why,
});

/** NaN where it is no number. */
function numberOf(properties: Readonly<Record<string, unknown>>, name: string, otherwise: number): number {
  const value = properties[name];
  return value === undefined ? otherwise : typeof value === 'number' ? value : NaN;
}

function isDevice(id: string): boolean {
  try {
    names.device(id);
    return true;
  } catch (error) {
    if (isPushError(error)) return false;
    throw error;
  }
}
