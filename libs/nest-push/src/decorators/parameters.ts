import type { PipeTransform, Type } from '@nestjs/common';

/** By these numbers Nest keeps parameters; a payload has that of a request's body, so that ValidationPipe looks at it. */
export const PARAMETERS = { payload: 3, tenant: 101, user: 102, device: 103, context: 104 } as const;
export type ParameterKind = keyof typeof PARAMETERS;

/** Nest's own key: its `createParamDecorator` writes there too. */
export const PARAMETERS_KEY = '__routeArguments__';

type Pipe = Type<PipeTransform> | PipeTransform;

/** What the handler is called about: an event, what a hook is asked about, a queue's work. With a name: that field of it. */
export function PushPayload(...pipes: Pipe[]): ParameterDecorator;
export function PushPayload(field: string, ...pipes: Pipe[]): ParameterDecorator;
export function PushPayload(first?: string | Pipe, ...pipes: Pipe[]): ParameterDecorator {
  if (typeof first === 'string') return parameter('payload', first, pipes);
  return parameter('payload', undefined, first === undefined ? pipes : [first, ...pipes]);
}

export const PushTenant = (...pipes: Pipe[]): ParameterDecorator => parameter('tenant', undefined, pipes);
/** Undefined where it is about no user in particular. */
export const PushUser = (...pipes: Pipe[]): ParameterDecorator => parameter('user', undefined, pipes);
/** Undefined where it is about no device in particular. */
export const PushDevice = (...pipes: Pipe[]): ParameterDecorator => parameter('device', undefined, pipes);

/** All that is known beside the payload; the type is `PushContext`, too. */
export const PushContext = (...pipes: Pipe[]): ParameterDecorator => parameter('context', undefined, pipes);

export interface PushContext {
  readonly kind: 'event' | 'hook' | 'consumer';
  /** Of the event, the hook or the queue. */
  readonly name: string;
  readonly tenant?: string;
  readonly user?: string;
  readonly device?: string;
  /** How often this work was handed out, this time included. Consumers only. */
  readonly attempt?: number;
  /** Consumers only. */
  readonly headers?: Readonly<Record<string, string>>;
}

function parameter(kind: ParameterKind, data: string | undefined, pipes: readonly Pipe[]): ParameterDecorator {
  return (target, key, index) => {
    const known = (Reflect.getMetadata(PARAMETERS_KEY, target.constructor, key as string) ?? {}) as object;
    const added = { ...known, [`${PARAMETERS[kind]}:${index}`]: { index, data, pipes } };
    Reflect.defineMetadata(PARAMETERS_KEY, added, target.constructor, key as string);
  };
}
