import {
  PushError,
  streamKey,
  type AppendOutcome,
  type AppendRequest,
  type HostTransaction,
  type MemoryStore,
} from 'push-core';
import type { EntityManager, QueryRunner } from 'typeorm';
import type { TransactionManager } from '../host-transaction.js';
import { CommitWatcher } from '../typeorm/commit-watcher.js';

/**
 * A transaction of the host's database, for a store in memory: it cannot take part in it, so it waits for its end. What was
 * appended is appended after the commit, and never after a rollback.
 *
 * The outcomes are wanted before that, and are read again when the commit is told. So they are objects that are completed
 * later: as long as the transaction is open, each says `stored`, nowhere yet, unless its idempotency key is taken already. One
 * that another open transaction takes meanwhile is found out at the commit: the message is there once, but both publishes
 * were told that they are new.
 */
export function memoryTransaction(manager: TransactionManager, store: MemoryStore): HostTransaction {
  const queryRunner = activeRunner(manager);
  const watcher = CommitWatcher.of(queryRunner.dataSource);
  let appended: Promise<unknown> = Promise.resolve();
  return {
    append: async (requests) => {
      const outcomes = requests.map((request) => takenBefore(store, request) ?? stored());
      watcher.onCommit(activeRunner(manager), () => {
        appended = complete(store, requests, outcomes);
        // The engine was closed before the host committed: there is nobody left to tell.
        appended.catch(() => undefined);
      });
      return outcomes;
    },
    // Asked for after `append`, it is told after it: the completed outcomes are what it reads.
    onCommit: (run) => watcher.onCommit(activeRunner(manager), () => void appended.then(run, () => undefined)),
  };
}

const stored = (): AppendOutcome => ({ kind: 'stored', places: [] });

function takenBefore({ data }: MemoryStore, { message, idempotency }: AppendRequest): AppendOutcome | undefined {
  const taken = idempotency && data.keys.get(streamKey(message.tenant, idempotency.key));
  if (!taken) return undefined;
  if (taken.fingerprint !== idempotency.fingerprint) return { kind: 'conflict' };
  return { kind: 'duplicate', id: taken.id, acceptedAt: taken.acceptedAt };
}

async function complete(
  { messages }: MemoryStore,
  requests: readonly AppendRequest[],
  outcomes: readonly AppendOutcome[],
): Promise<void> {
  const actual = await messages.append(requests);
  outcomes.forEach((outcome, i) => Object.assign(outcome, actual[i]));
}

function activeRunner(manager: TransactionManager): QueryRunner {
  const { queryRunner } = manager as Partial<EntityManager>;
  if (queryRunner?.isTransactionActive) return queryRunner;
  throw new PushError(
    'INVALID',
    'The manager is not inside a transaction: pass the one that dataSource.transaction() hands to its callback',
    { field: 'transaction' },
  );
}
