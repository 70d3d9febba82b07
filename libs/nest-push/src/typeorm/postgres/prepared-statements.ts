/** A statement of the store, as one connection to the server knows it. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
  /** `doubtful`: it failed the first time it was met, before or after the server had it prepared. */
  state: 'new' | 'known' | 'doubtful';
  /** Asked for once; what answers nothing has none. */
  fields?: readonly { readonly name: string; readonly isNumber: boolean }[];
}

/** What one connection has prepared. There are as many statements as the dialect has, whatever the load. */
export class PreparedStatements {
  private readonly statements = new Map<string, PreparedStatement>();

  get(text: string): PreparedStatement {
    let statement = this.statements.get(text);
    if (!statement) {
      statement = { name: `push_${this.statements.size + 1}`, text, state: 'new' };
      this.statements.set(text, statement);
    }
    return statement;
  }
}
