/** What the demo runs with. Made from the environment by `readSettings`, by a test by hand. */
export abstract class DemoSettings {
  abstract readonly host: string;
  abstract readonly port: number;
  /** Everything that is kept lies in it. */
  abstract readonly dataFolder: string;
  /** Signs logins, which are the clients' push tokens too. 32 bytes or more. */
  abstract readonly secret: Uint8Array;
  /** The server's key pair for Web Push. */
  abstract readonly vapid: VapidKeys;
  /** Where Web Push may go beside public https hosts: `host:port` or CIDR. */
  abstract readonly egressAllow: readonly string[];
  /** Whether the process may be killed over HTTP. */
  abstract readonly lab: boolean;
}

/** Base64url, as browsers and push services write them. */
export interface VapidKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}
