import { DataSource, type EntityManager } from 'typeorm';

type Work<T> = (manager: EntityManager) => Promise<T>;

/**
 * TypeORM has one connection to a SQLite file, and everybody's transactions share it: two at once would become one, and a
 * rollback of the first would take the second along. Here they wait for one another. So every write of the application is
 * inside `transaction`, `repository.save` alone included.
 *
 * Each takes the write lock at its start. One that reads first and writes later could find that somebody else (the push
 * store, on its own connection) has written in between, and SQLite would refuse it.
 */
export class OneAtATimeDataSource extends DataSource {
  private line: Promise<unknown> = Promise.resolve();

  override transaction<T>(...[level, given]: [Work<T>] | [unknown, Work<T>]): Promise<T> {
    const work = given ?? (level as Work<T>);
    const turn = this.line.then(() =>
      super.transaction(async (manager) => {
        await manager.query('DELETE FROM person WHERE false');
        return work(manager);
      }),
    );
    this.line = turn.catch(() => undefined);
    return turn;
  }
}
