import type { DatabaseSettings } from '../database.js';
import type { Row } from '../sql-connection.js';
import { step, type Step } from '../steps.js';
import type { Client } from './driver.js';
import { Exchange } from './exchange.js';
import { PreparedStatements } from './prepared-statements.js';

export type SessionSettings = Pick<DatabaseSettings, 'deadlineMs' | 'lockTimeoutMs'>;

/**
 * Durability is pinned to what the server has, and to `on` where that is `off`: it then survives a change of the
 * server's default too. Every statement is prepared once and planned once, for tables that may have been empty then: the
 * ways that only pay for small tables are closed, so that the plan is the one by index.
 */
const SETTINGS = `SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
    WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false) AS durability,
  set_config('statement_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $1, false),
  set_config('lock_timeout', $2, false), set_config('plan_cache_mode', 'force_generic_plan', false),
  set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),
  set_config('enable_mergejoin', 'off', false), set_config('jit', 'off', false)`;

/** One connection to the server, as the store uses it. */
export class Session {
  /** To be said in every transaction that writes: no setting of a role, a pool or a server may make it forgetful. */
  durably?: Step;
  private readonly prepared = new PreparedStatements();

  constructor(
    readonly client: Client,
    private readonly settings: SessionSettings,
  ) {}

  get isPrepared(): boolean {
    return this.durably !== undefined;
  }

  async prepare(): Promise<void> {
    const { deadlineMs, lockTimeoutMs } = this.settings;
    const lock = Math.min(deadlineMs, lockTimeoutMs);
    const [answer] = await this.ask([step(SETTINGS, `${deadlineMs}ms`, `${lock}ms`)]);
    this.durably = step(`SET LOCAL synchronous_commit TO ${answer?.durability as string}`);
  }

  /** All in one round trip, up to the first that fails; the rows of number `asked`, of the last one by default. */
  ask(steps: readonly Step[], asked?: number): Promise<Row[]> {
    const exchange = new Exchange(steps, this.prepared, asked);
    this.client.query(exchange);
    return exchange.answered;
  }

  /** Without a word to the server, which may be one that does not listen any more. */
  destroy(): void {
    this.client.connection.stream.destroy();
  }
}
