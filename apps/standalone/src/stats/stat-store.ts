import type { AccountMedium, Row, Run } from '../accounts/account-medium.js';
import { NOTHING, together, type Figures } from './figures.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

export interface StatRow {
  /** Where the step begins, Unix milliseconds. */
  readonly at: number;
  readonly step: number;
  readonly figures: Figures;
}

/** The hours of all nodes together. */
const ALL = '*';

/**
 * Figures in a table of a database: a row a minute and node, and one an hour for all nodes of what is older. Rows of a time add
 * up, so nothing is lost where a node writes late.
 */
export class StatStore {
  constructor(private readonly medium: AccountMedium) {}

  /** Of one minute of one process; `source` is new with every start. */
  async add(source: string, at: number, figures: Figures): Promise<void> {
    await this.medium.run('INSERT INTO push_stat (source, at, step, figures) VALUES (?, ?, ?, ?)', [
      source,
      at,
      MINUTE_MS,
      JSON.stringify(figures),
    ]);
  }

  /** What is kept of the time from `since`, whatever its step, by time. */
  async since(since: number): Promise<readonly StatRow[]> {
    const { rows } = await this.medium.run(
      'SELECT at, step, figures FROM push_stat WHERE step IN (?, ?) AND at >= ? ORDER BY at',
      [MINUTE_MS, HOUR_MS, since],
    );
    return rows.map(toRow);
  }

  /** Puts the minutes of hours that ended before `minutesBefore` together, and forgets what is older than `forgetBefore`. */
  async rollUp(minutesBefore: number, forgetBefore: number): Promise<void> {
    const until = Math.floor(minutesBefore / HOUR_MS) * HOUR_MS;
    const { rows } = await this.medium.run('SELECT MIN(at) AS at FROM push_stat WHERE step = ? AND at < ?', [
      MINUTE_MS,
      until,
    ]);
    // One node does it for all; the others find nothing left.
    if (rows[0] && rows[0].at !== null) await this.medium.alone((run) => rollUpAll(run, until));
    await this.medium.run('DELETE FROM push_stat WHERE step = ? AND at < ?', [HOUR_MS, forgetBefore]);
  }
}

async function rollUpAll(run: Run, until: number): Promise<void> {
  const values = [MINUTE_MS, until];
  const { rows } = await run('SELECT at, step, figures FROM push_stat WHERE step = ? AND at < ?', values);
  const hours = new Map<number, Figures>();
  for (const { at, figures } of rows.map(toRow)) {
    const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
    hours.set(hour, together(hours.get(hour) ?? NOTHING, figures));
  }
  for (const [hour, figures] of hours) {
    const key = [HOUR_MS, hour, ALL];
    const found = await run('SELECT at, step, figures FROM push_stat WHERE step = ? AND at = ? AND source = ?', key);
    const before = found.rows[0] ? toRow(found.rows[0]).figures : NOTHING;
    await run('DELETE FROM push_stat WHERE step = ? AND at = ? AND source = ?', key);
    await run('INSERT INTO push_stat (source, at, step, figures) VALUES (?, ?, ?, ?)', [
      ALL,
      hour,
      HOUR_MS,
      JSON.stringify(together(before, figures)),
    ]);
  }
  await run('DELETE FROM push_stat WHERE step = ? AND at < ?', values);
}

const toRow = (row: Row): StatRow => ({
  at: Number(row.at),
  step: Number(row.step),
  figures: { ...NOTHING, ...(JSON.parse(String(row.figures)) as Partial<Figures>) },
});
