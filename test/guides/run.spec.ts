import { firstValueFrom } from 'rxjs';
import { Booted } from './support/booted.js';
import { guidePages, readPage } from './support/page.js';
import { Workshop } from './support/workshop.js';
import { temporarySchema, type Place } from '../../libs/nest-push/src/typeorm/postgres/postgres-harness.fixture.js';
import { BROKER_URL, BrokerSite } from '../../libs/nest-push/src/rabbitmq/broker.fixture.js';

const CLUSTER = 'docs/guides/sqlite-to-cluster.md';
/** Killed and started again as processes of their own, by `killed.spec.ts`. */
const KILLED = ['docs/guides/existing-backend-socketio.md', 'docs/guides/existing-backend-ws.md'];
/** Made for a database of its own; its tests, which run here, start it in memory. */
const STARTED_BY_ITS_TESTS = ['docs/testing.md'];

const workshop = new Workshop();
afterAll(() => workshop.remove());

const pages = guidePages().map(readPage);
const named = (suffix: string) =>
  pages.filter(({ blocks }) => blocks.some(({ name }) => name !== undefined && name.endsWith(suffix)));

describe.each(named('.spec.ts').map((page) => [page.page, page] as const))('the tests of %s', (_, page) => {
  const edition = workshop.write(page).at(-1);
  for (const { file, block } of edition?.sources ?? []) {
    if (!block.name?.endsWith('.spec.ts')) continue;
    describe(block.name, () => {
      try {
        jest.requireActual(file);
      } catch (error) {
        it('loads', () => {
          throw error;
        });
      }
    });
  }
});

const open: { close(): Promise<void> }[] = [];
const closeAll = async (): Promise<void> => {
  for (const one of open.splice(0).reverse()) await one.close();
};
afterEach(closeAll);

async function boot(page: string, env?: Readonly<Record<string, string>>): Promise<Booted> {
  const own = new Workshop();
  open.push({ close: async () => own.remove() });
  const edition = own.write(readPage(page)).at(-1);
  if (!edition) throw new Error(`${page} has no code`);
  const booted = await Booted.start(edition, env);
  open.push(booted);
  return booted;
}

/** Published on one node, it comes to a device on the other, which acknowledges it. */
async function delivers(from: Booted, to: Booted): Promise<void> {
  const { received } = await to.client('ann', 'phone');
  const delivered = firstValueFrom(to.push.observe('delivered'));
  const { id } = await from.push.publish({ to: { users: ['ann'] }, type: 'hello', data: 'Hi' });
  const event = await delivered;
  expect(event).toMatchObject({ user: 'ann', device: 'phone', from: 1, to: 1 });
  expect(await event.messages()).toMatchObject([{ id, data: 'Hi' }]);
  expect(received).toEqual(['Hi']);
}

const bootable = named('src/app.module.ts').map(({ page }) => page);

const elsewhere = [...KILLED, ...STARTED_BY_ITS_TESTS];

it.each(bootable.filter((page) => !elsewhere.includes(page)))('the application of %s delivers', async (page) => {
  const booted = await boot(page);
  await delivers(booted, booted);
});

it('the applications that are started elsewhere are there', () => {
  expect(bootable).toEqual(expect.arrayContaining([...KILLED, CLUSTER]));
  expect(named('.spec.ts').map(({ page }) => page)).toEqual(expect.arrayContaining(STARTED_BY_ITS_TESTS));
});

describe(`the application of ${CLUSTER}, on PostgreSQL and RabbitMQ`, () => {
  let place: Place;
  let site: BrokerSite;
  beforeEach(async () => {
    place = await temporarySchema();
    site = await BrokerSite.open();
    site.work('publish');
  });
  afterEach(async () => {
    await closeAll();
    await site.close();
    await place.remove();
  });

  it('delivers from one node to the other', async () => {
    const env = { DATABASE_URL: place.url, BROKER_URL, BROKER_PREFIX: site.prefix };
    const nodes = [await boot(CLUSTER, env), await boot(CLUSTER, env)] as const;
    await delivers(nodes[1], nodes[0]);
  });
});
