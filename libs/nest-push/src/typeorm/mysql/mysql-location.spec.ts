import { describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { mysqlLocation } from './location.js';

const of = (url: string) => mysqlLocation({ url });

describe('A MySQL or MariaDB url', () => {
  it('names everything that is needed', () => {
    expect(of('mysql://me:pass@db.example:3307/push')).toEqual({
      host: 'db.example',
      port: 3307,
      user: 'me',
      password: 'pass',
      database: 'push',
      relaxedDurability: false,
    });
    expect(of('mariadb://[::1]/a')).toEqual({ host: '::1', port: 3306, database: 'a', relaxedDurability: false });
  });

  it('may hold any character, encoded', () => {
    const { user, password, database } = of('mysql://a%40b:p%2F%3A%23%25@h/my%20db');
    expect([user, password, database]).toEqual(['a@b', 'p/:#%', 'my db']);
  });

  it('takes the parameters it knows', () => {
    expect(of('mysql://u@h/d?ssl=true').ssl).toEqual({ rejectUnauthorized: true, verifyIdentity: true });
    expect(of('mysql://u@h/d?ssl=no-verify').ssl).toEqual({ rejectUnauthorized: false });
    expect(of('mysql://u@h/d?ssl=false').ssl).toBeUndefined();
    expect(of('mysql://u@h/d?durability=relaxed').relaxedDurability).toBe(true);
    const local = of('mysql://u@h/d?socket=/run/mysqld/mysqld.sock');
    expect([local.socketPath, local.host, local.port]).toEqual(['/run/mysqld/mysqld.sock', undefined, undefined]);
  });

  it.each([
    'mysql://me:s3cret@h',
    'mysql://me:s3cret@h/',
    'mysql://me:s3cret@h/a/b',
    'mysql://me:s3cret@h:port/d',
    'mysql://me:s3cret@h/d?sslmode=require',
    'mysql://me:s3cret@h/d?ssl=maybe',
    'mysql://me:s3cret@h/d?durability=none',
    'mysql://me:s3cret%@h/d',
  ])('that cannot be is refused without being shown: %s', (url) => {
    let error: unknown;
    try {
      of(url);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'INVALID', field: 'url' });
    expect(JSON.stringify(error) + (error as Error).message + (error as Error).stack?.split('\n')[0]).not.toMatch(
      /s3cret/,
    );
  });
});

describe('A DataSource of the host’s', () => {
  it('tells where its database is, by its url or field by field', () => {
    const fields = new DataSource({ type: 'mysql', host: 'h', port: 1, username: 'u', password: 'p', database: 'd' });
    expect(mysqlLocation({ dataSource: fields })).toEqual({
      ...{ host: 'h', port: 1, user: 'u', password: 'p', database: 'd' },
      relaxedDurability: false,
    });
    const url = new DataSource({ type: 'mariadb', url: 'mysql://me:pass@h/d?charset=utf8mb4', ssl: { ca: 'x' } });
    expect(mysqlLocation({ dataSource: url })).toEqual({
      ...{ host: 'h', port: 3306, user: 'me', password: 'pass', database: 'd', ssl: { ca: 'x' } },
      relaxedDurability: false,
    });
  });

  it('that names no database, or has several places, is refused', () => {
    const master = { host: 'h', database: 'd' };
    for (const dataSource of [
      new DataSource({ type: 'mysql', host: 'h' }),
      new DataSource({ type: 'mysql', replication: { master, slaves: [master] } }),
    ]) {
      expect(() => mysqlLocation({ dataSource })).toThrow(
        expect.objectContaining({ code: 'INVALID', field: 'dataSource' }),
      );
    }
  });
});
