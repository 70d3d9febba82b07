/** What a tenant may do at most. What is absent is the server's default. */
export interface TenantLimits {
  readonly publishesPerSecond?: number;
  readonly connections?: number;
  /** Users and devices that one message may name. */
  readonly recipientsPerMessage?: number;
  readonly storedBytes?: number;
  /** How long messages are kept. Milliseconds. */
  readonly retentionMs?: number;
  /** Share of the work where several tenants wait, 1 to 100. Default 1. */
  readonly weight?: number;
}

/** Who else may issue client tokens of a tenant. */
export interface TenantIssuer {
  /** `iss` of its tokens, exactly. */
  readonly issuer: string;
  readonly jwksUrl: string;
  /** One of the tokens' `aud`; absent: `aud` is not looked at. */
  readonly audience?: string;
  /** Default: RS256, ES256 and EdDSA. */
  readonly algorithms?: readonly string[];
}

export interface Tenant {
  readonly id: string;
  /** For people. */
  readonly name?: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Unix milliseconds; absent: it is not suspended. */
  readonly suspendedAt?: number;
  readonly suspendReason?: string;
  /** Absent: all of them the server's. */
  readonly limits?: TenantLimits;
  /** Absent: none but the server itself. */
  readonly issuers?: readonly TenantIssuer[];
}

/** What is changed of a tenant; what is absent stays. */
export interface TenantChange {
  readonly limits?: TenantLimits;
  readonly issuers?: readonly TenantIssuer[];
  /** `false`: it is resumed. */
  readonly suspended?: false | { readonly at: number; readonly reason?: string };
}

/** With which the client tokens of a tenant are signed (HS256). */
export interface TenantSecrets {
  readonly current: Uint8Array;
  /** The one before, good for verifying until `previousUntil`. */
  readonly previous?: Uint8Array;
  /** Unix milliseconds; absent: `current` is the first. */
  readonly rotatedAt?: number;
  readonly previousUntil?: number;
}

/** Of a page of tenants. */
export interface TenantPage {
  /** Only those whose id is greater, by its bytes. */
  readonly after?: string;
  readonly limit?: number;
}
