import type { TlsOptions } from 'node:tls';
import type { Clock } from '../../clock/clock.js';
import { systemClock } from '../../clock/system-clock.js';
import { PushError } from '../../errors.js';
import type { MqttPacketLibrary } from './packet-library.js';

/** What both doors share. Durations in milliseconds. */
export interface MqttSettings {
  /** CONNECT must have arrived within. Default 10000. */
  connectTimeoutMs?: number;
  /** Connections whose client has not been let in yet; more are cut off at once. Default 10000. */
  unconnected?: number;
  /**
   * Unacknowledged PUBLISH packets on one connection, of all its streams together; a receive maximum of the client lowers
   * it. 1–1024, default 1024. Of one stream there are never more than the engine's `limits.windowEntries`, or as many as
   * the client's receive maximum allows.
   */
  inFlight?: number;
  /** Packets a second of one connection beside PUBACK. Default 100. */
  packetsPerSecond?: number;
  /** How long the packet ids of a session are remembered after its connection. Default 600000. */
  sessionMs?: number;
  /** … of how many sessions. Default 10000. */
  sessions?: number;
  /** The longest keep alive an MQTT 5 client may have; a longer one, or none, is replaced by it. Default 300000. */
  keepAliveMs?: number;
  /** A peer that does not end its side is cut off after. Default 5000. */
  closeTimeoutMs?: number;
  clock?: Clock;
  /** The package `mqtt-packet`, where the host has loaded it already. */
  packets?: MqttPacketLibrary;
}

export interface MqttOptions extends MqttSettings {
  /** 0: any that is free. */
  port: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** Serves MQTT over TLS. */
  tls?: TlsOptions;
}

export interface MqttWebSocketOptions extends MqttSettings {
  /** Default `/v1/mqtt`. */
  path?: string;
  /** Exact origins; empty: the server's own only. */
  allowedOrigins?: readonly string[];
}

export type ResolvedSettings = Readonly<Required<Omit<MqttSettings, 'packets'>>>;

const DEFAULTS = {
  connectTimeoutMs: 10_000,
  unconnected: 10_000,
  inFlight: 1024,
  packetsPerSecond: 100,
  sessionMs: 600_000,
  sessions: 10_000,
  keepAliveMs: 300_000,
  closeTimeoutMs: 5_000,
};

export function resolveSettings(given: MqttSettings): ResolvedSettings {
  const numbers = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]) {
    const value = given[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < 1)
      throw new PushError('INVALID', `mqtt.${name} must be a whole number of 1 or more`, { field: `mqtt.${name}` });
    numbers[name] = value;
  }
  if (numbers.inFlight > 1024)
    throw new PushError('INVALID', 'mqtt.inFlight must be 1024 at most', { field: 'mqtt.inFlight' });
  return Object.freeze({ ...numbers, clock: given.clock ?? systemClock });
}
