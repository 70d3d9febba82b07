import { randomBytes } from 'node:crypto';
import Database from 'libsql';

/** A row that mentions something. */
export interface Mention {
  readonly table: string;
  readonly row: string;
}

/** Every row of every table of the file, in whatever column, that mentions the text. */
export function sqliteMentions(file: string, text: string): Mention[] {
  const database = new Database(file, { readonly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
    return tables.flatMap(({ name }) =>
      (database.prepare(`SELECT * FROM "${name}"`).all() as object[])
        .map((row) => ({ table: name, row: JSON.stringify(row) }))
        .filter(({ row }) => row.includes(text)),
    );
  } finally {
    database.close();
  }
}

interface Client {
  connect(): Promise<unknown>;
  query(sql: string): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
}

const POSTGRES_URL = 'postgres://postgres@127.0.0.1:5432/test';

/** A schema of the test's own. */
export class PostgresSchema {
  private constructor(
    private readonly name: string,
    readonly url: string,
    private readonly client: Client,
  ) {}

  static async create(): Promise<PostgresSchema> {
    const name = `push_e2e_${randomBytes(6).toString('hex')}`;
    const pg: string = 'pg';
    const { default: driver } = (await import(pg)) as { default: { Client: new (url: string) => Client } };
    const client = new driver.Client(POSTGRES_URL);
    await client.connect();
    await client.query(`CREATE SCHEMA "${name}"`);
    const url = new URL(POSTGRES_URL);
    url.searchParams.set('search_path', name);
    return new PostgresSchema(name, url.href, client);
  }

  /** Every row of every table, in whatever column, that mentions the text. */
  async mentions(text: string): Promise<Mention[]> {
    const { rows: tables } = await this.client.query(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = '${this.name}'`,
    );
    const found: Mention[] = [];
    for (const { table_name: table } of tables) {
      const { rows } = await this.client.query(`SELECT * FROM "${this.name}"."${String(table)}"`);
      for (const row of rows.map((one) => JSON.stringify(one)))
        if (row.includes(text)) found.push({ table: String(table), row });
    }
    return found;
  }

  async remove(): Promise<void> {
    await this.client.query(`DROP SCHEMA "${this.name}" CASCADE`);
    await this.client.end();
  }
}
