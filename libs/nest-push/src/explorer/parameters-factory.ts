import type { ParamsFactory } from '@nestjs/core';
import { PARAMETERS, type ParameterKind, type PushContext } from '../decorators/parameters.js';

const kinds = new Map<number, ParameterKind>(
  Object.entries(PARAMETERS).map(([kind, number]) => [number, kind as ParameterKind]),
);

/** Nest asks it for each decorated parameter of a handler that is called with a payload and its context. */
export const parametersFactory: ParamsFactory = {
  exchangeKeyForValue(type: number, data: unknown, [payload, context]: [unknown, PushContext]): unknown {
    switch (kinds.get(type)) {
      case 'payload':
        return typeof data === 'string' ? fieldOf(payload, data) : payload;
      case 'tenant':
        return context.tenant;
      case 'user':
        return context.user;
      case 'device':
        return context.device;
      case 'context':
        return context;
      // A parameter of another kind of handler: there is no response, no query, no socket here.
      case undefined:
        return undefined;
    }
  },
};

const fieldOf = (payload: unknown, field: string): unknown =>
  typeof payload === 'object' && payload !== null && Object.hasOwn(payload, field)
    ? (payload as Record<string, unknown>)[field]
    : undefined;
