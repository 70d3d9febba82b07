import { SqliteMedium } from '../accounts/sqlite-medium.js';
import { describePeople } from './people.fixture.js';

describePeople('people in SQLite', async () => {
  const medium = new SqliteMedium(':memory:');
  await medium.open();
  return medium;
});
