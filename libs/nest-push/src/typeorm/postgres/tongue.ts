import { step, type Steps } from '../steps.js';
import type { Keyed, Tongue } from '../tongue.js';
import { binaryArray } from './arrays.js';

/** No text of ours has a question mark that is no place. */
function numbered(text: string): string {
  let count = 0;
  return text.replaceAll('?', () => `$${++count}`);
}

export const postgresTongue: Tongue = {
  say: numbered,
  contains: (column) => `strpos(${column}, ?) > 0`,
  among: (column) => `${column} = ANY (?::int8[])`,
  numbers: (numbers) => binaryArray('int8', numbers),
  orReplace: (key, column) => `ON CONFLICT (${key}) DO UPDATE SET ${column} = excluded.${column}`,
  byMessage: () => '',
  // Names hold no white space, so a space separates safely.
  notificationsOf: { condition: `tenant || ' ' || "user" = ?`, parameters: (tenant, user) => [`${tenant} ${user}`] },
  *remove({ table }: Keyed, where: string, parameters: readonly unknown[], limit: number): Steps<number> {
    const rows = yield step(
      numbered(`DELETE FROM "${table}" WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM "${table}" WHERE ${where} LIMIT ?)) RETURNING 1 AS gone`),
      ...parameters,
      limit,
    );
    return rows.length;
  },
};
