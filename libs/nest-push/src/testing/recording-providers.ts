import type { Clock } from 'push-core';
import {
  PROVIDERS,
  type HttpPool,
  type Provider,
  type ProviderFactory,
  type RetractRequest,
  type SendRequest,
  type SendResult,
} from 'push-core/providers';
import { Received } from 'push-core/testing';

/** What a device would have shown. */
export interface Notified {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
  readonly provider: string;
  readonly title?: string;
  readonly body?: string;
  readonly image?: string;
  readonly badge?: number;
  readonly sound?: string;
  readonly category?: string;
  readonly collapseKey?: string;
  readonly thread?: string;
  /** What the app gets along: `{id, stream, seq, type, …}`. */
  readonly data: Readonly<Record<string, string>>;
  readonly messageId: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** What a device would have taken away again. */
export interface Retracted {
  readonly tenant: string;
  readonly user: string;
  readonly device: string;
  readonly provider: string;
  readonly messageId: string;
  readonly reason: 'read' | 'acknowledged' | 'recalled';
  /** The unread count then. */
  readonly badge: number;
  /** Unix milliseconds. */
  readonly at: number;
}

const ACCEPTED: SendResult = { kind: 'accepted' };

/** Providers that write down what they would have sent. They take any credentials and any token, and answer what they are told to. */
export class RecordingProviders {
  readonly notified = new Received<Notified>();
  readonly retracted = new Received<Retracted>();
  private readonly answers = new Map<string, SendResult[]>();
  private readonly names = new Set<string>();

  constructor(private readonly clock: Clock) {}

  /** Those of this library, and the host's own. */
  factories(own: readonly ProviderFactory[]): readonly ProviderFactory[] {
    const unknown = PROVIDERS.filter((name) => !own.some((one) => one.name === name));
    return [...own.map((one) => this.factory(one.name, one.traits)), ...unknown.map((name) => this.factory(name))];
  }

  /** As fast, and as choosy about the hour, as the one it stands for. */
  factory(name: string, traits: ProviderFactory['traits'] = { batch: 100, perSecond: 1_000_000 }): ProviderFactory {
    this.names.add(name);
    return {
      name,
      traits,
      parse: (credentials) => credentials as Readonly<Record<string, unknown>>,
      checkToken: () => undefined,
      create: () => this.create(name),
    };
  }

  has(name: string): boolean {
    return this.names.has(name);
  }

  /** The next sends of this provider, one each; then it takes everything again. */
  script(name: string, results: readonly SendResult[]): void {
    if (!this.has(name)) throw new Error(`There is no provider ${name}: there are ${[...this.names].join(', ')}`);
    this.answers.set(name, [...(this.answers.get(name) ?? []), ...results]);
  }

  private create(name: string): Provider {
    return {
      name,
      send: async (requests) => requests.map((request) => this.send(name, request)),
      retract: async (requests) => requests.map((request) => this.retract(name, request)),
      check: async () => ({ kind: 'ok' }),
      close: async () => undefined,
    };
  }

  private send(provider: string, { address, notification }: SendRequest): SendResult {
    const result = this.answers.get(provider)?.shift() ?? ACCEPTED;
    if (result.kind !== 'accepted') return result;
    const { tenant, user, device } = address;
    const { title, body, image, badge, sound, category, collapseKey, thread, data, messageId } = notification;
    const shown = { title, body, image, badge, sound, category, collapseKey, thread };
    this.notified.add({
      ...{ tenant, user, device, provider },
      ...definedOf(shown),
      ...{ data, messageId, at: this.clock.now() },
    });
    return result;
  }

  private retract(provider: string, { address, retraction }: RetractRequest): SendResult {
    const { tenant, user, device } = address;
    const { messageId, reason, badge } = retraction;
    this.retracted.add({ tenant, user, device, provider, messageId, reason, badge, at: this.clock.now() });
    return ACCEPTED;
  }
}

/** No way out: whoever asks is refused. */
export const noNetwork: HttpPool = {
  request: async () => ({ kind: 'refused', reason: 'none' }),
  forget: () => undefined,
  close: async () => undefined,
};

const definedOf = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
