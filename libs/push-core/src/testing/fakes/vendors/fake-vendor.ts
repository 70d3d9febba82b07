import { randomBytes } from 'node:crypto';
import { FakeHttpServer, type Answer, type FakeServer, type RecordedRequest } from '../http2-server.js';
import type { Misbehaviour } from '../misbehaviour.js';

export interface FakeVendorOptions {
  /** Unix milliseconds, for the ages of what was signed or given out. Default `Date.now`. */
  readonly now?: () => number;
  /** TLS with a certificate made on the spot. Default: cleartext. */
  readonly tls?: boolean;
  /** Default: a free one. */
  readonly port?: number;
}

/** What a phone got. */
export interface ShownNotification {
  readonly token: string;
  /** Absent: a data message, nothing was shown. */
  readonly title?: string;
  readonly body?: string;
  /** What the app finds under our own key. */
  readonly push?: unknown;
  /** The number or key it replaces others by, where the vendor has one. */
  readonly slot?: string;
  /** The content as it was sent. */
  readonly content: unknown;
}

export type Json = Readonly<Record<string, unknown>>;

/**
 * What the fakes of phone makers share: they record, keep the tokens that are condemned, give out access tokens and know their ages,
 * and misbehave when told to. What a request must look like, and how it is answered, each of them knows itself.
 */
export abstract class FakeVendor implements FakeServer {
  /** In the order of arrival. */
  readonly shown: ShownNotification[] = [];
  readonly revoked: { readonly token?: string; readonly id: string }[] = [];
  protected readonly now: () => number;
  private readonly server: FakeHttpServer;
  private readonly condemned = new Map<string, string>();
  private readonly accesses = new Map<string, number>();

  protected constructor(options: FakeVendorOptions) {
    this.now = options.now ?? Date.now;
    this.server = new FakeHttpServer({
      answer: (request) => this.answer(request),
      expiredKey: () => this.expiredAccess(),
      ...(options.tls !== undefined && { tls: options.tls }),
      ...(options.port !== undefined && { port: options.port }),
    });
  }

  /** What a tenant would set to be sent here. */
  abstract get credentials(): Readonly<Record<string, string>>;

  get url(): string {
    return this.server.url;
  }

  /** The certificate to trust, with `tls`. */
  get ca(): string {
    return this.server.ca;
  }

  get requests(): readonly RecordedRequest[] {
    return this.server.requests;
  }

  misbehave(next: Misbehaviour, times?: number): void {
    this.server.misbehave(next, times);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  /** From now on this token is answered so: a code or a reason, in the vendor's words. */
  condemn(token: string, as: string): void {
    this.condemned.set(token, as);
  }

  /** Every access token given out until now is refused. */
  expireAccess(): void {
    this.accesses.clear();
  }

  /** Requests whose path ends so. */
  countOf(path: string): number {
    return this.requests.filter((request) => request.path.endsWith(path)).length;
  }

  protected abstract answer(request: RecordedRequest): Answer;
  protected abstract expiredAccess(): Answer;

  /** For subclasses' `listen`. */
  protected async start(): Promise<this> {
    await this.server.listen();
    return this;
  }

  protected verdictOn(token: string): string | undefined {
    return this.condemned.get(token);
  }

  protected giveAccess(): string {
    const value = randomBytes(24).toString('base64url');
    this.accesses.set(value, this.now());
    return value;
  }

  protected hasAccess(value: string | undefined, lastsMs: number): boolean {
    const madeAt = value === undefined ? undefined : this.accesses.get(value);
    return madeAt !== undefined && this.now() - madeAt < lastsMs;
  }
}

export const bearerOf = (request: RecordedRequest): string | undefined =>
  /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];

export function jsonOf(request: RecordedRequest): Json {
  return objectOf(request.body.toString());
}

export function formOf(request: RecordedRequest): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(request.body.toString()));
}

/** JSON in a text, or the object itself; `{}` where it is neither. */
export function objectOf(value: unknown): Json {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return typeof parsed === 'object' && parsed !== null ? (parsed as Json) : {};
  } catch {
    return {};
  }
}

export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

export const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** A title and a body, as they must be: there, and no longer than allowed. */
export const isText = (value: unknown, most: number): boolean =>
  typeof value === 'string' && value.trim() !== '' && value.length <= most;
