// What the HTTP API answers, as far as the page reads it. `/openapi.json` has the whole of it.

export type Role = 'admin' | 'publisher' | 'reader';

export interface SignInMethods {
  readonly local: boolean;
  readonly oidc?: { readonly name: string };
}
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** `*`: every one. */
  readonly tenant: string;
  readonly totp: boolean;
  readonly mustChangePassword: boolean;
  readonly mustSetUpTotp?: boolean;
}
export type SessionAnswer =
  | { readonly signedIn: false; readonly methods: SignInMethods }
  | { readonly signedIn: true; readonly person: Person; readonly version: string; readonly methods: SignInMethods };

export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'down';
  readonly degraded?: readonly string[];
  readonly detail?: string;
}

export type Range = 'hour' | 'month';
export interface StatPoint {
  readonly at: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly notified: number;
  readonly failed: number;
  readonly dropped: number;
  readonly connections: number;
  readonly p50Ms?: number | null;
  readonly p95Ms?: number | null;
  readonly p99Ms?: number | null;
  readonly reasons: Readonly<Record<string, number>>;
}
export interface Stats {
  readonly stepMs: number;
  readonly points: readonly StatPoint[];
}

export interface DeviceName {
  readonly user: string;
  readonly device: string;
}
export interface Audience {
  readonly users?: readonly string[];
  readonly topics?: readonly string[];
  readonly devices?: readonly DeviceName[];
  readonly all?: boolean;
  readonly except?: { readonly users?: readonly string[]; readonly devices?: readonly DeviceName[] };
}
export type MessageState = 'scheduled' | 'stored' | 'delivered' | 'expired' | 'recalled';
export interface MessageLine {
  readonly id: string;
  readonly acceptedAt: number;
  readonly type: string;
  readonly thread?: string;
  readonly state: MessageState;
  readonly recipients: number;
  readonly to: unknown;
}
export interface Counts {
  readonly recipients: number;
  readonly delivered: number;
  readonly notified: number;
  readonly read: number;
  readonly failed: number;
  readonly expired: number;
}
export interface Message {
  readonly id: string;
  readonly type: string;
  readonly thread?: string;
  readonly data?: unknown;
  readonly to: Audience;
  readonly notification?: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly acceptedAt: number;
  readonly expiresAt: number;
  readonly dueAt?: number;
  readonly recalledAt?: number;
  readonly state: MessageState;
  readonly counts: Counts;
  readonly fanOut?: { readonly done: number; readonly total: number };
}
export interface Step {
  readonly at?: number;
  readonly what: string;
  readonly reason?: string;
  readonly device?: string;
  readonly provider?: string;
  readonly attempts?: number;
  readonly text: string;
}
export interface Explanation {
  readonly id: string;
  readonly user: string;
  readonly outcome: string;
  readonly steps: readonly Step[];
}
export interface Published {
  readonly id: string;
  readonly acceptedAt: number;
  readonly duplicate: boolean;
}

export interface UserLine {
  readonly user: string;
  readonly devices: number;
  readonly lastSeenAt?: number;
}
export interface DeviceToken {
  readonly provider: string;
  readonly token: unknown;
  readonly environment?: string;
}
export interface Device {
  readonly device: string;
  readonly platform: string;
  readonly tokens: readonly DeviceToken[];
  readonly locale?: string;
  readonly timeZone?: string;
  readonly appVersion?: string;
  readonly registeredAt: number;
  readonly updatedAt: number;
}
export interface Presence {
  readonly user: string;
  readonly online: boolean;
  readonly lastSeenAt?: number;
  readonly devices: readonly {
    readonly device: string;
    readonly online: boolean;
    readonly transport: string;
    readonly node: string;
    readonly lastSeenAt: number;
  }[];
}
export interface Cursor {
  readonly device: string;
  readonly s: string;
  readonly epoch: string;
  readonly seq: number;
  readonly head: number;
  readonly lag: number;
}
export interface InboxEntry {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly thread?: string;
  readonly data?: unknown;
  readonly at: number;
}
export interface Inbox {
  readonly epoch: string;
  readonly head: number;
  readonly first: number;
  readonly entries: readonly InboxEntry[];
  readonly unread: { readonly total: number; readonly threads: Readonly<Record<string, number>> };
}
export interface Preferences {
  readonly mutedThreads?: readonly unknown[];
  readonly mutedCategories?: readonly unknown[];
  readonly quietHours?: Readonly<Record<string, unknown>>;
}
export interface TopicLine {
  readonly topic: string;
  readonly subscribers: number;
  readonly head: number;
}
export interface Subscriber {
  readonly user: string;
  readonly subscribedAt: number;
}

export interface ProviderState {
  readonly provider: string;
  readonly fingerprint: string;
  readonly updatedAt: number;
  readonly breaker: 'closed' | 'open' | 'probing';
  readonly reason?: string;
}
export interface CheckAnswer {
  readonly kind: 'ok' | 'config_error' | 'unknown';
  readonly reason?: string;
}
export interface DeadLine {
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly notificationId: string;
  readonly provider?: string;
  readonly reason?: string;
  readonly attempts: number;
  readonly createdAt: number;
  readonly diedAt: number;
}

export interface TenantLimits {
  readonly publishesPerSecond?: number;
  readonly connections?: number;
  readonly recipientsPerMessage?: number;
  readonly storedBytes?: number;
  readonly retentionMs?: number;
  readonly weight?: number;
}
export interface Tenant {
  readonly id: string;
  readonly name?: string;
  readonly createdAt: number;
  readonly suspendedAt?: number;
  readonly suspendReason?: string;
  readonly limits?: TenantLimits;
  readonly issuers?: number;
}
export interface Usage {
  readonly connections?: number;
  readonly storedBytes?: number;
  readonly storedMessages?: number;
  readonly publishes?: { readonly limit: number; readonly remaining: number; readonly resetMs: number };
}
export interface Issuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly audience?: string;
  readonly algorithms?: readonly string[];
}
export interface ApiKey {
  readonly id: string;
  readonly tenant: string;
  readonly role: Role;
  readonly name?: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly replacedBy?: string;
}
export type NewApiKey = ApiKey & { readonly key: string };

export interface AuditEntry {
  readonly id: string;
  readonly at: number;
  readonly actor: { readonly kind: string; readonly id: string; readonly name?: string };
  readonly tenant?: string;
  readonly action: string;
  readonly target?: string;
  readonly outcome: string;
  readonly address?: string;
}
export interface PersonLine {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly tenant: string;
  readonly totp?: boolean;
  readonly disabled?: boolean;
  readonly createdAt?: number;
}
