import { describeStoresAtOnce } from '../stores-at-once.fixture.js';
import { admin, temporarySchema } from './postgres-harness.fixture.js';

describeStoresAtOnce('PostgreSQL', async () => {
  const { schema, url, remove } = await temporarySchema();
  return { url, remove, run: (sql) => admin(sql.replaceAll(/\bpush_/g, `"${schema}".push_`)) };
});
