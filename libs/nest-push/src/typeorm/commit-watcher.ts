import type { DataSource, EntitySubscriberInterface, QueryRunner } from 'typeorm';

interface Waiting {
  readonly run: () => void;
  /** Nesting of the transaction it was asked for in; 1 is the outermost. */
  depth: number;
}

/** What a transaction of the host has to do with pushes until it ends. */
interface Watched {
  waiting: Waiting[];
  /** Appends of one transaction run one after the other. */
  line: Promise<unknown>;
}

type TransactionEvent = { readonly queryRunner: QueryRunner };

const BRAND = Symbol.for('push.commit-watcher');

/**
 * Told by TypeORM when transactions end. One for each DataSource, kept in the DataSource's own list of subscribers:
 * there is nothing to clean up apart from it.
 *
 * A nested transaction (savepoint) that commits hands what waits to the one around it; one that rolls back forgets it.
 */
export class CommitWatcher implements EntitySubscriberInterface {
  readonly [BRAND] = true;
  private readonly watched = new WeakMap<QueryRunner, Watched>();

  static of(dataSource: DataSource): CommitWatcher {
    const known = dataSource.subscribers.find((one) => BRAND in one);
    if (known) return known as CommitWatcher;
    const watcher = new CommitWatcher();
    dataSource.subscribers.push(watcher);
    return watcher;
  }

  onCommit(queryRunner: QueryRunner, run: () => void): void {
    this.of(queryRunner).waiting.push({ run, depth: depthOf(queryRunner) });
  }

  /** Runs `work` when what was asked for before in this transaction is over. */
  inLine<T>(queryRunner: QueryRunner, work: () => Promise<T>): Promise<T> {
    const watched = this.of(queryRunner);
    const turn = watched.line.then(work);
    watched.line = turn.catch(() => {});
    return turn;
  }

  afterTransactionCommit({ queryRunner }: TransactionEvent): void {
    const watched = this.watched.get(queryRunner);
    if (!watched) return;
    if (queryRunner.isTransactionActive) {
      for (const one of watched.waiting) one.depth = Math.min(one.depth, depthOf(queryRunner));
      return;
    }
    this.watched.delete(queryRunner);
    for (const one of watched.waiting) one.run();
  }

  afterTransactionRollback({ queryRunner }: TransactionEvent): void {
    const watched = this.watched.get(queryRunner);
    if (!watched) return;
    if (!queryRunner.isTransactionActive) this.watched.delete(queryRunner);
    else watched.waiting = watched.waiting.filter((one) => one.depth <= depthOf(queryRunner));
  }

  private of(queryRunner: QueryRunner): Watched {
    let watched = this.watched.get(queryRunner);
    if (!watched) this.watched.set(queryRunner, (watched = { waiting: [], line: Promise.resolve() }));
    return watched;
  }
}

/** TypeORM counts it on every query runner, but does not put it into its types. */
const depthOf = (queryRunner: QueryRunner): number =>
  (queryRunner as unknown as { readonly transactionDepth?: number }).transactionDepth ?? 1;
