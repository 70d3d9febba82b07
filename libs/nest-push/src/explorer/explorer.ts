import { Inject, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { PushError } from 'push-core';
import { PLUGGED, type MethodMetadata, type Plugged } from '../decorators/metadata.js';

/** A decorated method of a host. */
export interface FoundMethod<K extends keyof MethodMetadata> {
  readonly host: object;
  readonly className: string;
  readonly method: string;
  readonly metadata: MethodMetadata[K];
}

/** Finds what decorators left behind, on all providers and controllers of the application. Starts nothing. */
@Injectable()
export class PushExplorer {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
  ) {}

  /** Methods of hosts there is one of. Throws INVALID, naming class and method, where there is one for each request. */
  methods<K extends keyof MethodMetadata>(key: K, decorator: string): readonly FoundMethod<K>[] {
    return this.wrappers().flatMap((wrapper) =>
      this.marked(wrapper, key).map(({ method, metadata }) => {
        const className = classNameOf(wrapper);
        if (!isSingle(wrapper)) throw requestScoped(className, method, decorator);
        return { host: wrapper.instance as object, className, method, metadata };
      }),
    );
  }

  /** As `methods`, where it does not matter how often there is a host: their classes and methods alone. */
  names<K extends keyof MethodMetadata>(key: K): readonly Omit<FoundMethod<K>, 'host'>[] {
    return this.wrappers().flatMap((wrapper) =>
      this.marked(wrapper, key).map((found) => ({ className: classNameOf(wrapper), ...found })),
    );
  }

  /** Whether a class is plugged in so. Known before any instance is made. */
  hasPlugged(as: Plugged): boolean {
    return this.wrappers().some((wrapper) => pluggedAs(wrapper) === as);
  }

  /** Throws INVALID where there is one for each request. */
  plugged<T extends object>(as: Plugged): readonly { readonly className: string; readonly instance: T }[] {
    return this.wrappers()
      .filter((wrapper) => pluggedAs(wrapper) === as)
      .map((wrapper) => {
        const className = classNameOf(wrapper);
        if (!isSingle(wrapper)) throw requestScoped(className, undefined, `@${DECORATORS[as]}()`);
        return { className, instance: wrapper.instance as T };
      });
  }

  private wrappers(): readonly InstanceWrapper[] {
    const all = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    return [...new Set(all)].filter((wrapper) => !wrapper.isAlias);
  }

  private marked<K extends keyof MethodMetadata>(
    wrapper: InstanceWrapper,
    key: K,
  ): readonly { readonly method: string; readonly metadata: MethodMetadata[K] }[] {
    const prototype = prototypeOf(wrapper);
    if (!prototype) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((method) => {
      const metadata = Reflect.getMetadata(key, prototype[method] as object) as MethodMetadata[K] | undefined;
      return metadata === undefined ? [] : [{ method, metadata }];
    });
  }
}

const DECORATORS: Readonly<Record<Plugged, string>> = {
  transport: 'PushTransport',
  provider: 'PushProvider',
  store: 'PushStore',
};

/** A factory's product has the prototype of whatever it is; a class, its own, before there is an instance too. */
function prototypeOf(wrapper: InstanceWrapper): Record<string, unknown> | undefined {
  const made = wrapper.inject || wrapper.isNotMetatype;
  const instance = wrapper.instance as unknown;
  if (made) return typeof instance === 'object' && instance ? prototypeOfObject(instance) : undefined;
  return (wrapper.metatype as Type | null)?.prototype as Record<string, unknown> | undefined;
}

/** Not of plain objects: what stands in their methods' names is data. */
function prototypeOfObject(instance: object): Record<string, unknown> | undefined {
  const prototype = Object.getPrototypeOf(instance) as Record<string, unknown> | null;
  return prototype && prototype !== Object.prototype ? prototype : undefined;
}

const classNameOf = (wrapper: InstanceWrapper): string =>
  (wrapper.inject || wrapper.isNotMetatype ? undefined : (wrapper.metatype as Type | null)?.name) ??
  (wrapper.instance as object | undefined)?.constructor?.name ??
  String(wrapper.name);

const isSingle = (wrapper: InstanceWrapper): boolean => wrapper.isDependencyTreeStatic() && !wrapper.isTransient;

const pluggedAs = (wrapper: InstanceWrapper): Plugged | undefined => {
  const prototype = prototypeOf(wrapper);
  const constructor = prototype?.constructor as object | undefined;
  return constructor && (Reflect.getMetadata(PLUGGED, constructor) as Plugged | undefined);
};

const requestScoped = (className: string, method: string | undefined, decorator: string): PushError =>
  new PushError(
    'INVALID',
    `${className}${method === undefined ? '' : `.${method}`} has ${decorator}, but ${className} is request-scoped or transient, itself or by what it depends on: there is no request here. Make it a singleton (the default scope)`,
  );
