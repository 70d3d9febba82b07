import type { Row } from '../sql-connection.js';
import { step, type Steps } from '../steps.js';
import type { Keyed, Tongue } from '../tongue.js';
import { sql } from './names.js';

const say = (text: string): string => sql`${text}`;

export const mysqlTongue: Tongue = {
  say,
  contains: (column) => `INSTR(${column}, ?) > 0`,
  among: (column) => `${column} IN (SELECT j.n FROM JSON_TABLE(?, '$[*]' COLUMNS (n BIGINT PATH '$')) j)`,
  numbers: (numbers) => JSON.stringify(numbers),
  orReplace: (_, column) => `ON DUPLICATE KEY UPDATE ${column} = VALUES(${column})`,
  byMessage: () => 'FORCE INDEX (by_message)',
  notificationsOf: { condition: 'tenant = ? AND "user" = ?', parameters: (tenant, user) => [tenant, user] },
  *remove({ table }: Keyed, where: string, parameters: readonly unknown[], limit: number): Steps<number> {
    yield step(say(`DELETE FROM "${table}" WHERE ${where} LIMIT ?`), ...parameters, limit);
    const [row]: Row[] = yield step('SELECT ROW_COUNT() AS gone');
    return Math.max(0, row?.gone as number);
  },
};
