import { Option, type Command } from 'commander';
import type { SendOptions } from '../messages/send.js';
import type { TailOptions } from '../messages/tail.js';
import {
  duration,
  examples,
  gathered,
  moment,
  outputOf,
  serverOf,
  wholeNumber,
  withServer,
  type RemoteOptions,
} from '../with-options.js';

const several = (flags: string, text: string): Option =>
  new Option(flags, `${text}; may be repeated`).argParser(gathered);

/** Messages: send them, watch them, ask after them. */
export function addMessageCommands(program: Command): void {
  const send = withServer(program.command('send'))
    .description('publish a message')
    .argument('[file]', 'a publish body as JSON, or - for standard input; options change what it says')
    .addOption(several('--user <id>', 'for a user'))
    .addOption(several('--topic <name>', 'for the subscribers of a topic'))
    .addOption(several('--device <user/device>', 'for one device'))
    .option('--all', 'for everybody')
    .option('--type <type>', 'what kind of message it is')
    .option('--thread <id>', 'the conversation it belongs to')
    .option('--data <json>', 'what it carries')
    .option('--title <text>', 'of the notification')
    .option('--body <text>', 'of the notification')
    .addOption(new Option('--ttl <time>', 'for how long it is worth delivering').argParser(duration('--ttl')))
    .addOption(new Option('--send-at <time>', 'ISO 8601, or Unix milliseconds').argParser(moment('--send-at')))
    .addOption(new Option('--priority <level>', 'of the notification').choices(['high', 'normal']))
    .option('--collapse-key <key>', 'a newer message with it takes the place of an older one')
    .addOption(new Option('--offline <mode>', 'when to notify').choices(['fallback', 'always', 'never']))
    .option('--volatile', 'to connected devices only, never stored')
    .option('--idempotency-key <key>', 'the same one again counts once')
    .addOption(
      new Option('--wait [time]', 'until it was delivered or notified; then show the story of each user named')
        .preset('30s')
        .argParser(duration('--wait')),
    )
    .action(async (file: string | undefined, options: SendOptions & RemoteOptions) => {
      const { send: run } = await import('../messages/send.js');
      await run(file, options, serverOf(options), outputOf(options));
    });
  examples(
    send,
    `send --user ann --type greeting --data '{"text":"Hello"}'`,
    'send --topic news --type headline --title "Read this" --ttl 1h --wait',
    'send message.json --send-at 2026-12-31T23:59:00Z',
    `echo '{"to":{"users":["ann"]},"type":"x"}' | push send -`,
  );

  const tail = withServer(program.command('tail'))
    .description("follow a user's stream in the terminal, as one of its devices")
    .argument('<user>')
    .option('--device <id>', 'the device this is', 'terminal')
    .addOption(several('--topic <name>', 'follow this topic, too'))
    .option('--from-start', 'a device that is new begins with the oldest message kept')
    .addOption(new Option('--count <n>', 'end after so many messages').argParser(wholeNumber('--count', 1)))
    .action(async (user: string, options: TailOptions & RemoteOptions) => {
      const { tail: run } = await import('../messages/tail.js');
      await run(user, options, serverOf(options), outputOf(options));
    });
  examples(tail, 'tail ann', 'tail ann --topic news --json', 'tail ann --device phone --from-start --count 1');

  const explain = withServer(program.command('explain'))
    .description('tell why a user got a message, or did not')
    .argument('<id>', 'of the message')
    .requiredOption('--user <id>', 'whose story it is')
    .action(async (id: string, options: { user: string } & RemoteOptions) => {
      const { explain: run } = await import('../messages/explain.js');
      await run(id, options.user, serverOf(options), outputOf(options));
    });
  examples(explain, 'explain 01J9… --user ann');

  const dead = program.command('dead').description('notifications that were tried in vain');
  const list = withServer(dead.command('list'))
    .description('those that died last first')
    .addOption(new Option('--limit <n>', 'at most').default(100).argParser(wholeNumber('--limit', 1, 500)))
    .addOption(new Option('--after <n>', 'go on there').argParser(wholeNumber('--after')))
    .action(async (options: { limit: number; after?: number } & RemoteOptions) => {
      const { listDead } = await import('../messages/dead.js');
      await listDead(options, serverOf(options), outputOf(options));
    });
  examples(list, 'dead list', 'dead list --limit 500 --json');
  for (const [name, text] of [
    ['replay', 'try them again'],
    ['purge', 'forget them'],
  ] as const) {
    const command = withServer(dead.command(name))
      .description(`${text}: all of the tenant, or the one that is named`)
      .option('--id <id>', 'of the message')
      .option('--user <id>')
      .option('--device <id>')
      .action(async (options: { id?: string; user?: string; device?: string } & RemoteOptions) => {
        const { replayDead, purgeDead } = await import('../messages/dead.js');
        await (name === 'replay' ? replayDead : purgeDead)(options, serverOf(options), outputOf(options));
      });
    examples(command, `dead ${name}`, `dead ${name} --id 01J9… --user ann --device phone`);
  }
}
