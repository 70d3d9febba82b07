import type { Version } from './client-packets.js';
import type { MqttPacketLibrary } from './packet-library.js';
import { REASON, RETURN, type Refusal } from './reason-codes.js';

export const PINGRESP = Buffer.of(0xd0, 0);

export interface Welcome {
  readonly sessionPresent: boolean;
  /** As assigned by us; else the client's own. */
  readonly clientId?: string;
  /** Seconds; where it differs from what was asked. */
  readonly sessionExpiry?: number;
  /** Seconds; where it differs from what was asked. */
  readonly keepAlive?: number;
  readonly maximumPacketBytes: number;
}

/** What goes with a goodbye, for clients that can read it. */
export interface Return {
  readonly reconnect: boolean;
  readonly afterMs?: number;
}

/** Packets for one connection; PUBLISH is made by the codec. Reason strings only where the client wants them. */
export class Replies {
  constructor(
    private readonly library: MqttPacketLibrary,
    readonly version: Version,
    /** Reason strings on answers; on CONNACK and DISCONNECT they are always allowed. */
    private readonly explains: boolean,
  ) {}

  welcome({ sessionPresent, clientId, sessionExpiry, keepAlive, maximumPacketBytes }: Welcome): Buffer {
    if (this.version === 4) return this.make({ cmd: 'connack', returnCode: RETURN.accepted, sessionPresent });
    const properties = {
      assignedClientIdentifier: clientId,
      sessionExpiryInterval: sessionExpiry,
      serverKeepAlive: keepAlive,
      maximumPacketSize: maximumPacketBytes,
      maximumQoS: 1,
      retainAvailable: false,
      wildcardSubscriptionAvailable: false,
      subscriptionIdentifiersAvailable: false,
      sharedSubscriptionAvailable: false,
    };
    return this.make({ cmd: 'connack', reasonCode: REASON.success, sessionPresent, properties: given(properties) });
  }

  refusal({ v4, v5 }: Refusal, why: string, back?: Return): Buffer {
    const properties = { reasonString: why, userProperties: userProperties(back) };
    return this.version === 4
      ? this.make({ cmd: 'connack', returnCode: v4, sessionPresent: false })
      : this.make({ cmd: 'connack', reasonCode: v5, sessionPresent: false, properties: given(properties) });
  }

  suback(messageId: number, codes: readonly number[], why: string | undefined): Buffer {
    const granted = this.version === 4 ? codes.map((code) => Math.min(code, REASON.unspecified)) : codes;
    return this.make({ cmd: 'suback', messageId, granted, ...this.because(why) });
  }

  unsuback(messageId: number, codes: readonly number[]): Buffer {
    return this.make({ cmd: 'unsuback', messageId, granted: codes });
  }

  puback(messageId: number, reasonCode: number, why: string): Buffer {
    return this.make({ cmd: 'puback', messageId, reasonCode, ...this.because(why) });
  }

  /** Undefined where the version has no such packet. */
  disconnect(reasonCode: number, why: string, back?: Return): Buffer | undefined {
    if (this.version === 4) return undefined;
    const properties = { reasonString: why, userProperties: userProperties(back) };
    return this.make({ cmd: 'disconnect', reasonCode, properties: given(properties) });
  }

  private because(why: string | undefined): object {
    return this.version === 5 && this.explains && why !== undefined ? { properties: { reasonString: why } } : {};
  }

  private make(packet: object): Buffer {
    return this.library.generate(packet, { protocolVersion: this.version });
  }
}

const given = (properties: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));

function userProperties(back: Return | undefined): Record<string, string> | undefined {
  if (!back) return undefined;
  const { reconnect, afterMs } = back;
  return { reconnect: String(reconnect), ...(afterMs === undefined ? {} : { afterMs: String(afterMs) }) };
}
