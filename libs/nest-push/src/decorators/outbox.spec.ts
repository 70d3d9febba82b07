import { Inject, Injectable, Module, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { from, lastValueFrom, mergeMap, toArray, type Observable } from 'rxjs';
import { DataSource, EntitySchema, type EntityManager } from 'typeorm';
import { PushModule } from '../push.module.js';
import { PushService } from '../push.service.js';
import { PushTransaction, type TransactionHost } from '../push-transaction.js';
import { HOSTS, type HostPlace } from '../typeorm/transaction-hosts.fixture.js';
import { createTypeOrmStore } from '../typeorm/index.js';
import { PushResult } from './index.js';

const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };

interface Row {
  id: string;
  text: string;
}
const Rows = new EntitySchema<Row>({
  name: 'host_rows',
  columns: { id: { type: 'varchar', length: 32, primary: true }, text: { type: 'varchar', length: 100 } },
});

class Chat {
  @Inject(PushTransaction) private readonly transaction!: PushTransaction<EntityManager>;

  @PushResult<Row>({ type: 'row', to: { users: ['ann'] }, onFailure: 'outbox' })
  async save(id: string, text = 'hi'): Promise<Row> {
    await this.transaction.manager.insert(Rows, { id, text });
    if (text === 'fail') throw new Error('the handler failed');
    return { id, text };
  }

  @PushResult<Row>({ type: 'row', to: { users: ['not an id'] }, onFailure: 'outbox' })
  async refused(id: string): Promise<Row> {
    await this.transaction.manager.insert(Rows, { id, text: 'x' });
    return { id, text: 'x' };
  }

  @PushResult<Row>({ type: 'row', to: { users: ['ann'] }, onFailure: 'outbox' })
  async both(): Promise<Row> {
    await this.save('inner');
    throw new Error('after the inner one');
  }

  @PushResult<Row>({ type: 'row', to: { users: ['ann'] }, onFailure: 'outbox' })
  many(): Observable<Row> {
    const rows = ['a', 'b'].map((id) => ({ id, text: id }));
    return from(this.transaction.manager.insert(Rows, rows)).pipe(mergeMap(() => rows));
  }

  outside(): EntityManager {
    return this.transaction.manager;
  }
}
Injectable()(Chat);

describe.each(Object.entries(HOSTS))('@PushResult with `outbox`, on %s', (_database, open) => {
  let place: HostPlace;
  let dataSource: DataSource;
  let app: INestApplication;
  let chat: Chat;

  beforeEach(async () => {
    place = await open();
    dataSource = await new DataSource({ ...place.options, entities: [Rows], synchronize: true }).initialize();
    await start(dataSource);
  });
  const start = async (host: TransactionHost): Promise<void> => {
    class AppModule {}
    const store = createTypeOrmStore({ url: place.url });
    Module({ imports: [PushModule.forRoot({ store, dataSource: host })], providers: [Chat] })(AppModule);
    const testing = await Test.createTestingModule({ imports: [AppModule] })
      .setLogger(silent)
      .compile();
    app = testing.createNestApplication();
    await app.init();
    chat = app.get(Chat);
  };
  afterEach(async () => {
    await app.close();
    await dataSource.destroy();
    await place.remove();
  });

  const rows = async () => (await dataSource.getRepository(Rows).find({ order: { id: 'ASC' } })).map(({ id }) => id);
  const pushed = async () =>
    (await app.get(PushService).inbox('ann')).entries.map(({ data }) => (data as Row).id).sort();

  it('row and message are both there', async () => {
    expect(await chat.save('one')).toEqual({ id: 'one', text: 'hi' });
    expect([await rows(), await pushed()]).toEqual([['one'], ['one']]);
  });

  it('neither is there when the handler fails after it wrote', async () => {
    await expect(chat.save('one', 'fail')).rejects.toThrow('the handler failed');
    expect([await rows(), await pushed()]).toEqual([[], []]);
  });

  it('neither is there when the publish is refused', async () => {
    await expect(chat.refused('one')).rejects.toMatchObject({ field: 'to.users[0]' });
    expect([await rows(), await pushed()]).toEqual([[], []]);
  });

  it('one that fails takes no other along that runs at the same time', async () => {
    const texts = ['a', 'b', 'fail', 'c', 'd'];
    const outcomes = await Promise.allSettled(texts.map((text) => chat.save(text, text)));
    expect(outcomes.map(({ status }) => status)).toEqual(
      texts.map((text) => (text === 'fail' ? 'rejected' : 'fulfilled')),
    );
    expect([await rows(), await pushed()]).toEqual([
      ['a', 'b', 'c', 'd'],
      ['a', 'b', 'c', 'd'],
    ]);
  });

  it('one method inside another shares its transaction', async () => {
    await expect(chat.both()).rejects.toThrow('after the inner one');
    expect([await rows(), await pushed()]).toEqual([[], []]);
  });

  it('the values of an Observable come after the commit', async () => {
    const values = await (chat.many() as unknown as Promise<Observable<Row>>);
    expect([await rows(), await pushed()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect((await lastValueFrom(values.pipe(toArray()))).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('a host whose transactions hold nothing together is noticed (sabotage)', async () => {
    await app.close();
    await start({ transaction: (work) => work(dataSource.manager) });
    await expect(chat.save('one', 'fail')).rejects.toThrow('the handler failed');
    expect([await rows(), await pushed()]).not.toEqual([[], []]);
    await expect(chat.save('two')).rejects.toMatchObject({ code: 'INVALID', field: 'transaction' });
  });

  it('there is no manager outside', () => {
    expect(() => chat.outside()).toThrow(/There is no transaction/);
  });
});
