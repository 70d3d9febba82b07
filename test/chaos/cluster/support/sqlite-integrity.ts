import Database from 'libsql';

/** `ok`, or what is wrong with the file. */
export function integrityOf(file: string): string {
  const database = new Database(file);
  try {
    const rows = database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[];
    return rows.map((row) => row.integrity_check).join('; ');
  } finally {
    database.close();
  }
}
