/** What differs between databases. */
export interface AccountStatements {
  /** Leaves one there is as it is. Values: id, secret, created_at. */
  readonly addTenant: string;
  /** In place of the one there was. Values: 1, hash. */
  readonly setAdminHash: string;
}

const TENANT = 'INTO push_tenant (id, secret, created_at) VALUES (?, ?, ?)';
const ADMIN = 'INSERT INTO push_admin_key (one, hash) VALUES (?, ?)';

/** SQLite and PostgreSQL. */
export const STANDARD: AccountStatements = {
  addTenant: `INSERT ${TENANT} ON CONFLICT (id) DO NOTHING`,
  setAdminHash: `${ADMIN} ON CONFLICT (one) DO UPDATE SET hash = excluded.hash`,
};

/** MariaDB and MySQL. */
export const MYSQL: AccountStatements = {
  addTenant: `INSERT IGNORE ${TENANT}`,
  setAdminHash: `${ADMIN} ON DUPLICATE KEY UPDATE hash = VALUES(hash)`,
};
