import { step, type Steps } from '../steps.js';
import type { Keyed, Tongue } from '../tongue.js';

export const sqliteTongue: Tongue = {
  say: (text) => text,
  contains: (column) => `instr(${column}, ?) > 0`,
  among: (column) => `${column} IN (SELECT value FROM json_each(?))`,
  numbers: (numbers) => JSON.stringify(numbers),
  orReplace: (key, column) => `ON CONFLICT (${key}) DO UPDATE SET ${column} = excluded.${column}`,
  byMessage: (entries) => `INDEXED BY "${entries}_message"`,
  notificationsOf: { condition: 'tenant = ? AND "user" = ?', parameters: (tenant, user) => [tenant, user] },
  *remove(
    { table, key, isNumbered }: Keyed,
    where: string,
    parameters: readonly unknown[],
    limit: number,
  ): Steps<number> {
    const keys = isNumbered ? 'rowid' : key.map((name) => `"${name}"`).join();
    const rows = yield step(
      `DELETE FROM "${table}" WHERE (${keys}) IN
      (SELECT ${keys} FROM "${table}" WHERE ${where} LIMIT ?) RETURNING 1 AS gone`,
      ...parameters,
      limit,
    );
    return rows.length;
  },
};
