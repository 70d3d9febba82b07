import type { ComponentChildren } from 'preact';
import { number } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import type { Pages } from '../../state/use-pages';
import { ProblemNote } from './problem-note';

export interface Column<T> {
  readonly head: string;
  readonly cell: (item: T) => ComponentChildren;
  /** On a phone: `lead` is the line's heading, `side` stands at its right. */
  readonly as?: 'lead' | 'side' | 'number' | 'actions';
}

interface TableProps<T> {
  readonly label: string;
  readonly columns: readonly (Column<T> | false | undefined)[];
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly testId?: string;
}

/** A table; on a phone, where columns have no room, a list of the same lines. */
export function Table<T>({ label, columns, items, keyOf, testId }: TableProps<T>) {
  const shown = columns.filter((one): one is Column<T> => one !== false && one !== undefined);
  return (
    <div class="table-wrap">
      <table class="table" aria-label={label} data-testid={testId}>
        <thead>
          <tr>
            {shown.map(({ head, as }) => (
              <th key={head} scope="col" class={as === 'number' ? 'number' : undefined}>
                {as === 'actions' ? <span class="visually-hidden">{head}</span> : head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)} data-key={keyOf(item)}>
              {shown.map(({ head, cell, as }) => (
                <td key={head} class={as} data-label={head}>
                  {cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface PagedProps<T> extends Omit<TableProps<T>, 'items'> {
  readonly pages: Pages<T>;
  readonly empty: ComponentChildren;
}

/** A long list, as far as somebody asked for it. */
export function PagedTable<T>({ pages, empty, ...table }: PagedProps<T>) {
  const { items, isKnown, isLoading, hasMore, error, more, reload } = pages;
  if (!isKnown) return error === undefined ? <Loading /> : <ProblemNote error={error} again={reload} />;
  return (
    <>
      {items.length === 0 && !hasMore ? empty : <Table {...table} items={items} />}
      <ProblemNote error={error} again={items.length === 0 ? reload : more} />
      {(items.length > 0 || hasMore) && (
        <div class="list-foot">
          {hasMore && (
            <button type="button" class="button" data-testid="more" disabled={isLoading} onClick={more}>
              {isLoading ? words.value.act.loading : words.value.act.more}
            </button>
          )}
          <span role="status">
            {words.value.act.shownOf(number(items.length))}
            {!hasMore && ` ${words.value.act.endOfList}`}
          </span>
        </div>
      )}
    </>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      {words.value.act.loading}
    </p>
  );
}
