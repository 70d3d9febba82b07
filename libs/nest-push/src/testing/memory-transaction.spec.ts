import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource, type EntityManager } from 'typeorm';
import { OnPush, PushModule, PushResult, PushService, PushTransaction } from '../index.js';
import { HOSTS, type HostPlace } from '../typeorm/transaction-hosts.fixture.js';
import { PushTesting, PushTestingModule } from './index.js';

const failed = new Error('the host changed its mind');

@Injectable()
class Orders {
  readonly accepted: string[] = [];
  constructor(
    private readonly push: PushService,
    private readonly database: DataSource,
    private readonly transaction: PushTransaction<EntityManager>,
  ) {}

  /** Throws after the publish where `fails`. */
  async order(item: string, { fails = false, idempotencyKey }: { fails?: boolean; idempotencyKey?: string } = {}) {
    return this.database.transaction(async (manager) => {
      await insert(manager, item);
      const result = await this.push.publish({ ...ordered(item), idempotencyKey }, { manager });
      if (fails) throw failed;
      return result;
    });
  }

  /** The inner transaction is rolled back, the outer one commits. */
  async orderOneOfTwo(first: string, second: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await this.push.publish(ordered(first), { manager });
      const nested = manager.transaction(async (inner) => {
        await this.push.publish(ordered(second), { manager: inner });
        throw failed;
      });
      await nested.catch(() => undefined);
    });
  }

  async orderOutside(item: string): Promise<unknown> {
    return this.push.publish(ordered(item), { manager: this.database.manager });
  }

  @PushResult({ type: 'ordered', to: { users: ['u1'] }, onFailure: 'outbox' })
  async orderByDecorator(item: string): Promise<{ item: string }> {
    await insert(this.transaction.manager, item);
    return { item };
  }

  @OnPush('accepted')
  note({ id }: { id: string }): void {
    this.accepted.push(id);
  }

  items = () => this.database.query<{ item: string }[]>('SELECT item FROM orders');
}
const insert = (manager: EntityManager, item: string) => manager.query('INSERT INTO orders (item) VALUES (?)', [item]);
const ordered = (item: string) => ({ to: { users: ['u1'] }, type: 'ordered', data: { item } });

let place: HostPlace;
let database: DataSource;
let close = async (): Promise<void> => undefined;

beforeEach(async () => {
  place = await HOSTS.SQLite();
  database = await new DataSource(place.options).initialize();
  await database.query('CREATE TABLE orders (item TEXT NOT NULL)');
});
afterEach(async () => {
  await close();
  await database.destroy();
  await place.remove();
});

async function start() {
  @Module({
    imports: [PushModule.forRootAsync({ inject: [], useFactory: () => ({ dataSource: database }) })],
    providers: [Orders, { provide: DataSource, useFactory: () => database }],
  })
  class AppModule {}
  const module = await Test.createTestingModule({ imports: [AppModule, PushTestingModule] }).compile();
  // The test's own, and destroyed by it.
  close = () => module.close();
  await module.init();
  const push = module.get(PushTesting);
  return { push, orders: module.get(Orders), phone: push.device('u1', 'phone') };
}

it('publishes after the commit of a transaction of the host, with the host’s own row', async () => {
  const { push, orders, phone } = await start();
  const { id } = await orders.order('tea');
  expect(await phone.receives({ type: 'ordered', data: { item: 'tea' } })).toMatchObject({ id, seq: 1 });
  expect([await orders.items(), orders.accepted]).toEqual([[{ item: 'tea' }], [id]]);
  expect(push.published).toHaveLength(1);
});

it('publishes nothing after a rollback', async () => {
  const { push, orders, phone } = await start();
  await expect(orders.order('tea', { fails: true })).rejects.toBe(failed);
  await phone.receivesNothing();
  expect([await orders.items(), push.published, orders.accepted]).toEqual([[], [], []]);
  await orders.order('coffee');
  expect(await phone.receives()).toMatchObject({ data: { item: 'coffee' }, seq: 1 });
});

it('publishes nothing of a nested transaction that was rolled back', async () => {
  const { push, orders, phone } = await start();
  await orders.orderOneOfTwo('tea', 'coffee');
  await phone.receives({ data: { item: 'tea' } });
  await phone.receivesNothing();
  expect(push.published).toHaveLength(1);
});

it('knows an idempotency key again, in a later transaction and in another publish', async () => {
  const { push, orders } = await start();
  const first = await orders.order('tea', { idempotencyKey: 'k1' });
  expect(await orders.order('tea', { idempotencyKey: 'k1' })).toEqual({ ...first, duplicate: true });
  await expect(orders.order('coffee', { idempotencyKey: 'k1' })).rejects.toMatchObject({
    code: 'IDEMPOTENCY_CONFLICT',
  });
  await expect(orders.order('tea', { idempotencyKey: 'k2', fails: true })).rejects.toBe(failed);
  expect(await orders.order('tea', { idempotencyKey: 'k2' })).toMatchObject({ duplicate: false });
  expect(push.published).toHaveLength(2);
});

it('serves @PushResult with the host’s transaction', async () => {
  const { orders, phone } = await start();
  await orders.orderByDecorator('tea');
  await phone.receives({ data: { item: 'tea' } });
  expect(await orders.items()).toEqual([{ item: 'tea' }]);
});

it('refuses a manager outside of any transaction', async () => {
  const { orders } = await start();
  await expect(orders.orderOutside('tea')).rejects.toMatchObject({ code: 'INVALID', field: 'transaction' });
});
