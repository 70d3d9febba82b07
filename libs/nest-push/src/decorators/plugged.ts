import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Push, Store } from 'push-core';
import type { ProviderFactory } from 'push-core/providers';
import { PLUGGED, type Plugged } from './metadata.js';

type Class<T> = abstract new (...args: never[]) => T;

/** A way in of the host's own. */
export interface TransportHost {
  /** Begins to hand links to `push.accept`, once the engine has started. `httpServer`: the application's, where it has one. */
  attach(push: Push, app: { readonly httpServer?: Server }): Attached | Promise<Attached>;
}

export interface Attached {
  /** No more links; those there are have been told to go elsewhere already. */
  close(): Promise<void>;
}

/** The class brings links in: list it among the providers of any module. */
export const PushTransport = (): (<C extends Class<TransportHost>>(target: C) => void) => plug('transport');

/** The class is one more provider of notifications: list it among the providers of any module. */
export const PushProvider = (): (<C extends Class<ProviderFactory>>(target: C) => void) => plug('provider');

/** The class is the engine's store: list it among the providers of a module, and leave out the option `store`. */
export const PushStore = (): (<C extends Class<Store>>(target: C) => void) => plug('store');

const plug =
  (as: Plugged) =>
  (target: object): void => {
    Injectable()(target as never);
    Reflect.defineMetadata(PLUGGED, as, target);
  };
