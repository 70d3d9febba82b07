import { createTypeOrmStore } from 'nest-push/typeorm';
import { accountsIn } from '../../accounts/accounts-in.js';
import { PeopleStore } from '../../people/people-store.js';
import { sealedPeople } from '../../people/sealed-people.js';
import { openRing } from '../../ring/open-ring.js';
import { resealAll, sealedSettings } from '../../ring/reseal-all.js';
import { misuse } from '../cli-error.js';
import { pairs, type Output } from '../output.js';
import { withAccounts } from './account-tables.js';
import { inWords, keptDatabase, urlOf } from './database-of.js';
import { givenKeys, neededKeys } from './sealed-with.js';
import { writeDown } from './written-down.js';

/** Everything that is sealed is sealed by the first key; afterwards the database needs no other. */
export async function reseal(url: string, output: Output): Promise<void> {
  const database = keptDatabase(url);
  const encryptionKeys = givenKeys();
  await inWords(database, async () => {
    // Of a database that is there: none is made for this.
    const before = await neededKeys(database);
    const report = await withAccounts(database, async (medium) => {
      const accounts = accountsIn(database, medium);
      const { ring } = await openRing({ database, encryptionKeys }, accounts);
      if (!ring.seals)
        throw misuse('PUSH_ENCRYPTION_KEYS', 'is missing; set it to k1:$(openssl rand -base64 32), and on all nodes');
      const store = createTypeOrmStore({ url: urlOf(database) }, { connections: 2 });
      try {
        await store.open();
        const places = [sealedSettings(store, accounts, ring), sealedPeople(new PeopleStore(medium), ring)];
        const counts = await resealAll(accounts, ring, places);
        await writeDown(medium, 'reseal', output);
        return { key: ring.current, ...counts };
      } finally {
        await store.close();
      }
    });
    output.document(report, () => pairs(report));
    const over = before.filter((id) => id !== report.key);
    if (over.length > 0) output.note(`Needed no more: ${over.join(', ')}`);
  });
}
