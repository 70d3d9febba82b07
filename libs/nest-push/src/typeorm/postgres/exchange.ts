import type { Row } from '../sql-connection.js';
import type { Step } from '../steps.js';
import type { BindValue, DriverError, Field, Submittable, Wire } from './driver.js';
import type { PreparedStatement, PreparedStatements } from './prepared-statements.js';

/**
 * Several statements sent in one go, each prepared under its name the first time a connection meets it. They run in
 * their order until one fails; what follows it is not run. `answered` resolves when all of them have, with the rows of
 * number `asked`.
 */
export class Exchange implements Submittable {
  readonly answered: Promise<Row[]>;
  private settle!: { resolve: (rows: Row[]) => void; reject: (error: Error) => void };
  private readonly statements: readonly PreparedStatement[];
  private current = 0;
  private rows: Row[] = [];
  private failed = false;

  constructor(
    private readonly steps: readonly Step[],
    prepared: PreparedStatements,
    private readonly asked = steps.length - 1,
  ) {
    this.statements = steps.map(({ sql }) => prepared.get(sql));
    this.answered = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  submit(wire: Wire): null {
    wire.stream.cork();
    const sent = new Set<PreparedStatement>();
    this.statements.forEach((statement, at) => {
      const { name, text, state } = statement;
      if (state !== 'known' && !sent.has(statement)) {
        // It may be there, or not: closing what is not there is no error.
        if (state === 'doubtful') wire.close({ type: 'S', name });
        wire.parse({ name, text, types: [] });
        sent.add(statement);
      }
      const values = (this.steps[at] as Step).parameters.map(bindable);
      wire.bind({ portal: '', statement: name, values });
      if (!statement.fields) wire.describe({ type: 'P', name: '' });
      wire.execute({ portal: '', rows: 0 });
    });
    wire.sync();
    wire.stream.uncork();
    return null;
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.statement.fields = fields.map(({ name, dataTypeID }) => ({ name, isNumber: NUMBERS.has(dataTypeID) }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    if (this.current !== this.asked) return;
    const row: Row = {};
    this.statement.fields?.forEach(({ name, isNumber }, at) => {
      const value = fields[at] as string | null;
      row[name] = isNumber && value !== null ? Number(value) : value;
    });
    this.rows.push(row);
  }

  handleCommandComplete(): void {
    this.statement.state = 'known';
    // Those that answer nothing have no fields to ask for either.
    this.statement.fields ??= [];
    this.current++;
  }

  handleReadyForQuery(): void {
    if (!this.failed) this.settle.resolve(this.rows);
  }

  handleError(error: DriverError): void {
    const { statement } = this;
    if (statement && statement.state === 'new') statement.state = 'doubtful';
    this.failed = true;
    this.settle.reject(error);
  }

  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}

  private get statement(): PreparedStatement {
    return this.statements[this.current] as PreparedStatement;
  }
}

/** int8, int2, int4, oid, float4, float8: none of ours is beyond what a number holds. */
const NUMBERS = new Set([20, 21, 23, 26, 700, 701]);

function bindable(value: unknown): BindValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Buffer) return value;
  return typeof value === 'number' ? String(Math.floor(value)) : (value as string);
}
