import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { join } from 'node:path';
import { DemoSettings } from '../settings/demo-settings.js';
import { FirstTables } from './first-tables.js';
import { OneAtATimeDataSource } from './one-at-a-time.js';

interface SqliteDriver {
  exec(sql: string): void;
}

/** One file, which the push store shares: a message and its push commit together. */
@Module({})
export class DatabaseModule {
  static forRoot(): DynamicModule {
    return TypeOrmModule.forRootAsync({
      inject: [DemoSettings],
      useFactory: ({ dataFolder }: DemoSettings) => ({
        type: 'better-sqlite3',
        driver: libsql,
        database: join(dataFolder, 'demo.db'),
        autoLoadEntities: true,
        migrations: [FirstTables],
        migrationsRun: true,
        retryAttempts: 0,
        enableWAL: true,
        // Milliseconds another process may hold the file: one that is just being replaced.
        timeout: 5000,
        // What was answered survives a power cut.
        prepareDatabase: (driver: SqliteDriver) => driver.exec('PRAGMA synchronous = FULL'),
      }),
      dataSourceFactory: async (options) => new OneAtATimeDataSource(options!).initialize(),
    });
  }
}
