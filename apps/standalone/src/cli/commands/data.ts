import { Option, type Command } from 'commander';
import { examples, moment, outputOf, serverOf, withDatabase, withServer, type RemoteOptions } from '../with-options.js';

interface DatabaseOptions {
  readonly database: string;
  readonly json?: boolean;
}

/** What is kept: bring it up to date, take it along, take it away. */
export function addDataCommands(program: Command): void {
  const erase = program.command('erase').description('remove what is kept about somebody, for ever');
  const user = withServer(erase.command('user').argument('<id>'))
    .description('messages, devices, cursors, preferences and notifications of a user')
    .option('--yes', 'do not ask for the name again')
    .action(async (id: string, options: { yes?: boolean } & RemoteOptions) => {
      const { eraseUser } = await import('../data/erase.js');
      await eraseUser(id, options.yes === true, serverOf(options), outputOf(options));
    });
  examples(user, 'erase user ann', 'erase user ann --yes --json');
  const tenant = withServer(erase.command('tenant').argument('<id>'))
    .description('a tenant, with its users, messages, keys and credentials')
    .option('--yes', 'do not ask for the name again')
    .action(async (id: string, options: { yes?: boolean } & RemoteOptions) => {
      const { eraseTenant } = await import('../data/erase.js');
      await eraseTenant(id, options.yes === true, serverOf(options), outputOf(options));
    });
  examples(tenant, 'erase tenant acme');

  const audit = program.command('audit').description('what was done, and by whom');
  const auditExport = withServer(audit.command('export'))
    .description('entries as lines of JSON, oldest first')
    .addOption(new Option('--since <time>', 'ISO 8601, or Unix milliseconds').argParser(moment('--since')))
    .addOption(new Option('--until <time>', 'ISO 8601, or Unix milliseconds').argParser(moment('--until')))
    .option('--out <file>', 'write there; a file that exists is not touched')
    .action(async (options: { since?: number; until?: number; out?: string } & RemoteOptions) => {
      const { exportAudit } = await import('../data/audit-export.js');
      await exportAudit(options, serverOf(options), outputOf(options));
    });
  examples(auditExport, 'audit export --since 2026-01-01T00:00:00Z --out audit.ndjson');

  const migrate = withDatabase(program.command('migrate'))
    .description('bring the tables up to date; the server does so itself when it starts')
    .option('--dry-run', 'only list what would be done')
    .action(async (options: DatabaseOptions & { dryRun?: boolean }) => {
      const { migrate: run } = await import('../data/migrate.js');
      await run(options.database, options.dryRun === true, outputOf(options));
    });
  examples(migrate, 'migrate --dry-run', 'migrate --database postgres://push:…@db/push');

  const reseal = withDatabase(program.command('reseal'))
    .description('seal what is secret with the first key of PUSH_ENCRYPTION_KEYS; the others can go afterwards')
    .action(async (options: DatabaseOptions) => {
      const { reseal: run } = await import('../data/reseal.js');
      await run(options.database, outputOf(options));
    });
  examples(reseal, 'reseal');

  const backup = withDatabase(program.command('backup').argument('<file>'))
    .description('write everything that the database keeps into a file, while servers go on')
    .option('--force', 'write over a file that exists')
    .action(async (file: string, options: DatabaseOptions & { force?: boolean }) => {
      const { backup: run } = await import('../data/backup.js');
      await run(file, options.database, options.force === true, outputOf(options));
    });
  examples(backup, 'backup push.backup', 'backup push.backup --database postgres://push:…@db/push');

  const restore = withDatabase(program.command('restore').argument('<file>'))
    .description('put a backup into a database of any kind, whole or not at all; no server may use it meanwhile')
    .option('--replace', 'remove what the tables hold')
    .option('--moved', 'nothing was accepted after the backup was made: devices notice nothing')
    .option('--check', 'only look whether the file is whole')
    .action(
      async (file: string, options: DatabaseOptions & { replace?: boolean; moved?: boolean; check?: boolean }) => {
        const { restore: run, check } = await import('../data/restore.js');
        if (options.check) await check(file, outputOf(options));
        else await run(file, options, outputOf(options));
      },
    );
  examples(
    restore,
    'restore push.backup',
    'restore push.backup --check',
    'restore push.backup --database postgres://push:…@db/push --moved',
  );
}
