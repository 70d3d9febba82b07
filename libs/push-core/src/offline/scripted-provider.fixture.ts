import type {
  MessageClass,
  ProviderFactory,
  ProviderTraits,
  RetractRequest,
  SendRequest,
  SendResult,
} from '../providers/provider.js';
import type { HttpPool } from '../providers/http/pool.js';

/** A provider that writes down what it is asked, and answers by a script. */
export class ScriptedProvider implements ProviderFactory {
  readonly sent: SendRequest[] = [];
  readonly retracted: RetractRequest[] = [];
  /** What the next sends are answered; after that, `otherwise`. */
  readonly script: SendResult[] = [];
  otherwise: (request: SendRequest) => SendResult | Promise<SendResult> = () => ({ kind: 'accepted' });
  readonly traits: ProviderTraits;

  constructor(
    readonly name = 'fcm',
    traits: Partial<ProviderTraits> = {},
  ) {
    this.traits = { batch: 10, perSecond: 100_000, ...traits };
  }

  parse(credentials: unknown): Readonly<Record<string, unknown>> {
    return credentials as Readonly<Record<string, unknown>>;
  }
  checkToken(): void {}
  create(_credentials?: object): ReturnType<ProviderFactory['create']> {
    return {
      name: this.name,
      send: (requests) =>
        Promise.all(
          requests.map(async (request) => {
            this.sent.push(request);
            return this.script.shift() ?? this.otherwise(request);
          }),
        ),
      retract: async (requests) => {
        this.retracted.push(...requests);
        return requests.map(() => ({ kind: 'accepted' }));
      },
      check: async () => ({ kind: 'ok' }),
      close: async () => undefined,
    };
  }

  /** To whom, in order. */
  get to(): string[] {
    return this.sent.map(({ address }) => `${address.user}/${address.device}`);
  }
}

export const noHttp: HttpPool = {
  request: async () => ({ kind: 'refused', reason: 'none' }),
  forget: () => undefined,
  close: async () => undefined,
};

export const IM: MessageClass = 'im';
