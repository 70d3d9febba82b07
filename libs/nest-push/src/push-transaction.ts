import { AsyncLocalStorage } from 'node:async_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { PushError } from 'push-core';
import type { TransactionManager } from './host-transaction.js';
import type { PushModuleOptions } from './push.options.js';
import { PUSH_MODULE_OPTIONS } from './tokens.js';

/** The slice of TypeORM's `DataSource` that opens a transaction. */
export interface TransactionHost {
  readonly options?: { readonly type?: string };
  transaction<T>(work: (manager: TransactionManager) => Promise<T>): Promise<T>;
}

/** TypeORM has one connection for all of these: transactions at the same time would be one, and end together. */
const ONE_CONNECTION = new Set(['better-sqlite3', 'sqlite', 'sqljs', 'expo', 'react-native', 'capacitor', 'cordova']);

/**
 * The transaction in which a method with `@PushResult({ onFailure: 'outbox' })` runs: what it writes by `manager` and what it
 * publishes are both there, or neither. `M` is the host's `EntityManager`.
 */
@Injectable()
export class PushTransaction<M extends TransactionManager = TransactionManager> {
  private readonly current = new AsyncLocalStorage<M>();
  private readonly host?: TransactionHost;
  private readonly isShared: boolean;
  private line: Promise<unknown> = Promise.resolve();

  constructor(@Inject(PUSH_MODULE_OPTIONS) options: Pick<PushModuleOptions, 'dataSource'>) {
    this.host = options.dataSource;
    this.isShared = ONE_CONNECTION.has(options.dataSource?.options?.type ?? '');
  }

  get isOpen(): boolean {
    return this.current.getStore() !== undefined;
  }

  /** Throws INVALID outside of such a method. */
  get manager(): M {
    const manager = this.current.getStore();
    if (manager) return manager;
    throw new PushError(
      'INVALID',
      "There is no transaction: PushTransaction.manager is for methods with @PushResult({ onFailure: 'outbox' }), and what they call",
    );
  }

  /** Runs `work` in the transaction that is open, or else in a new one. */
  run<T>(work: (manager: M) => Promise<T>): Promise<T> {
    const open = this.current.getStore();
    if (open) return work(open);
    const { host } = this;
    if (!host) return Promise.reject(missingDataSource());
    const begin = () => host.transaction((manager) => this.current.run(manager as M, () => work(manager as M)));
    return this.isShared ? this.inLine(begin) : begin();
  }

  private inLine<T>(begin: () => Promise<T>): Promise<T> {
    const turn = this.line.then(begin);
    this.line = turn.catch(() => undefined);
    return turn;
  }
}

export const missingDataSource = (where = ''): PushError =>
  new PushError(
    'INVALID',
    `${where}@PushResult({ onFailure: 'outbox' }) needs your TypeORM DataSource: PushModule.forRootAsync({ inject: [DataSource], useFactory: (dataSource) => ({ dataSource, … }) })`,
    { field: 'dataSource' },
  );
