import { Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig, ExternalContextCreator } from '@nestjs/core';
import { PARAMETERS_KEY, type PushContext } from '../decorators/parameters.js';
import type { MethodMetadata } from '../decorators/metadata.js';
import type { FoundMethod } from './explorer.js';
import { parametersFactory } from './parameters-factory.js';

const FILTERS_KEY = '__exceptionFilters__';
const CONTEXT_TYPE = 'push';

/** What came of a call. `recovered`: a filter of the host took care of the failure, and returned this. */
export type Handled =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: unknown; readonly recovered?: { readonly value: unknown } };

/** Never rejects. */
export type Handler = (payload: unknown, context: PushContext) => Promise<Handled>;

type Call = (...args: unknown[]) => Promise<unknown>;

/**
 * Calls decorated methods the way Nest calls its own handlers: guards, interceptors, pipes, then the method; filters see what was thrown.
 * Filters run apart, so that a failure stays known as one even where a filter made for HTTP fails on it, or swallows it.
 */
@Injectable()
export class HandlerFactory {
  constructor(
    @Inject(ExternalContextCreator) private readonly creator: ExternalContextCreator,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
  ) {}

  create({ host, method }: Pick<FoundMethod<keyof MethodMetadata>, 'host' | 'method'>): Handler {
    const callback = (host as Record<string, Call>)[method] as Call;
    const call = this.contextOf(host, callback, method, { guards: true, interceptors: true, filters: false });
    const filter = this.filterOf(host, callback, method);
    return async (payload, context) => {
      try {
        return { kind: 'returned', value: await call(payload, context) };
      } catch (error) {
        return { kind: 'failed', error, recovered: await recover(() => filter?.(payload, context, error)) };
      }
    };
  }

  /** A method that only throws what failed, with the host's filters around it. Undefined where there are none. */
  private filterOf(host: object, callback: Call, method: string): Call | undefined {
    const own = [callback, host.constructor].some((on) => Reflect.hasMetadata(FILTERS_KEY, on));
    const anywhere = this.config.getGlobalFilters().length + this.config.getGlobalRequestFilters().length;
    if (!own && anywhere === 0) return undefined;
    const rethrow: Call = async (...[, , error]) => {
      throw error as Error;
    };
    const filters: unknown = Reflect.getMetadata(FILTERS_KEY, callback);
    if (filters !== undefined) Reflect.defineMetadata(FILTERS_KEY, filters, rethrow);
    return this.contextOf(host, rethrow, method, { guards: false, interceptors: false, filters: true });
  }

  private contextOf(
    host: object,
    callback: Call,
    method: string,
    options: { guards: boolean; interceptors: boolean; filters: boolean },
  ): Call {
    const parameters = options.filters ? undefined : parametersFactory;
    return this.creator.create(
      host,
      callback,
      method,
      options.filters ? '' : PARAMETERS_KEY,
      parameters,
      undefined,
      undefined,
      options,
      CONTEXT_TYPE,
    ) as Call;
  }
}

/** Undefined where no filter was for this, or the one that was could not cope outside of HTTP. */
async function recover(filter: () => Promise<unknown> | undefined): Promise<{ value: unknown } | undefined> {
  try {
    const filtering = filter();
    return filtering && { value: await filtering };
  } catch {
    return undefined;
  }
}
