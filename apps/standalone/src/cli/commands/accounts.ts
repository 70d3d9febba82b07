import { Argument, Option, type Command } from 'commander';
import type { LimitOptions } from '../accounts/tenants.js';
import {
  duration,
  examples,
  moment,
  outputOf,
  serverOf,
  wholeNumber,
  withServer,
  type RemoteOptions,
} from '../with-options.js';

const ROLES = ['admin', 'publisher', 'reader'];

/** Tenants and their keys, with the admin key. */
export function addAccountCommands(program: Command): void {
  const tenant = program.command('tenant').description('tenants: who they are, and what they may use');
  const tenants = () => import('../accounts/tenants.js');

  const list = withServer(tenant.command('list'))
    .description('all of them, by id')
    .addOption(new Option('--limit <n>', 'at most').argParser(wholeNumber('--limit', 1)))
    .option('--after <id>', 'go on there')
    .action(async (options: { limit?: number; after?: string } & RemoteOptions) =>
      (await tenants()).listTenants(options, serverOf(options), outputOf(options)),
    );
  examples(list, 'tenant list', 'tenant list --json');

  const create = withLimits(withServer(tenant.command('create')).argument('<id>'))
    .description('make one')
    .option('--name <text>', 'for people to read')
    .action(async (id: string, options: { name?: string } & LimitOptions & RemoteOptions) =>
      (await tenants()).createTenant(id, options, serverOf(options), outputOf(options)),
    );
  examples(create, 'tenant create acme --name "Acme Ltd" --connections 5000');

  const show = withServer(tenant.command('show').argument('<id>'))
    .description('one, with what it uses')
    .action(async (id: string, options: RemoteOptions) =>
      (await tenants()).showTenant(id, serverOf(options), outputOf(options)),
    );
  examples(show, 'tenant show acme');

  const limits = withLimits(withServer(tenant.command('limits').argument('<id>')))
    .description('what it may use; options that are not given stay as they are')
    .option('--reset', "begin from the server's defaults")
    .action(async (id: string, options: { reset?: boolean } & LimitOptions & RemoteOptions) =>
      (await tenants()).limitTenant(id, options, serverOf(options), outputOf(options)),
    );
  examples(limits, 'tenant limits acme', 'tenant limits acme --publishes-per-second 200 --retention 7d');

  const suspend = withServer(tenant.command('suspend').argument('<id>'))
    .description('nothing is taken from it any more, and its devices are sent away')
    .option('--reason <text>', 'for people to read')
    .action(async (id: string, options: { reason?: string } & RemoteOptions) =>
      (await tenants()).suspendTenant(id, options.reason, serverOf(options), outputOf(options)),
    );
  examples(suspend, 'tenant suspend acme --reason "unpaid"');

  const resume = withServer(tenant.command('resume').argument('<id>'))
    .description('as before the suspension')
    .action(async (id: string, options: RemoteOptions) =>
      (await tenants()).resumeTenant(id, serverOf(options), outputOf(options)),
    );
  examples(resume, 'tenant resume acme');

  const remove = withServer(tenant.command('delete').argument('<id>'))
    .description('erase it and everything of it; the same as erase tenant')
    .option('--yes', 'do not ask for its name again')
    .action(async (id: string, options: { yes?: boolean } & RemoteOptions) => {
      const { eraseTenant } = await import('../data/erase.js');
      await eraseTenant(id, options.yes === true, serverOf(options), outputOf(options));
    });
  examples(remove, 'tenant delete acme');

  const secret = withServer(tenant.command('secret').argument('<id>'))
    .description("a new secret for its clients' tokens; those signed with the old one stay good for a while")
    .addOption(new Option('--overlap <time>', 'for how long').argParser(duration('--overlap')))
    .action(async (id: string, options: { overlap?: number } & RemoteOptions) =>
      (await tenants()).rotateSecret(id, options.overlap, serverOf(options), outputOf(options)),
    );
  examples(secret, 'tenant secret acme --overlap 24h');

  addKeyCommands(program);
}

function addKeyCommands(program: Command): void {
  const key = program.command('key').description('API keys of a tenant');
  const keys = () => import('../accounts/keys.js');

  const list = withServer(key.command('list'))
    .description('all of them, without what is secret')
    .action(async (options: RemoteOptions) => (await keys()).listKeys(serverOf(options), outputOf(options)));
  examples(list, 'key list --tenant acme');

  const create = withServer(key.command('create'))
    .description('make one; it is shown this once')
    .addArgument(new Argument('<role>').choices(ROLES))
    .option('--name <text>', 'for people to read')
    .addOption(new Option('--expires <time>', 'ISO 8601, or Unix milliseconds').argParser(moment('--expires')))
    .action(async (role: string, options: { name?: string; expires?: number } & RemoteOptions) =>
      (await keys()).createKey(role, options, serverOf(options), outputOf(options)),
    );
  examples(create, 'key create publisher --tenant acme --name backend');

  const rotate = withServer(key.command('rotate').argument('<id>'))
    .description('a new key in place of one, which stays good for a while')
    .addOption(new Option('--overlap <time>', 'for how long').argParser(duration('--overlap')))
    .action(async (id: string, options: { overlap?: number } & RemoteOptions) =>
      (await keys()).rotateKey(id, options.overlap, serverOf(options), outputOf(options)),
    );
  examples(rotate, 'key rotate 3f9c2a41b0de --tenant acme --overlap 1h');

  const remove = withServer(key.command('delete').argument('<id>'))
    .description('refuse it from now on')
    .action(async (id: string, options: RemoteOptions) =>
      (await keys()).deleteKey(id, serverOf(options), outputOf(options)),
    );
  examples(remove, 'key delete 3f9c2a41b0de --tenant acme');
}

const number = (flags: string, text: string): Option =>
  new Option(flags, text).argParser(wholeNumber(flags.split(' ')[0] as string, 0));

const withLimits = (command: Command): Command =>
  command
    .addOption(number('--publishes-per-second <n>', 'messages it may publish'))
    .addOption(number('--connections <n>', 'devices at a time'))
    .addOption(number('--recipients-per-message <n>', 'users that one message may name'))
    .addOption(number('--stored-bytes <n>', 'of messages kept'))
    .addOption(new Option('--retention <time>', 'for how long messages are kept').argParser(duration('--retention')))
    .addOption(number('--weight <n>', 'its share where tenants wait for each other'));
