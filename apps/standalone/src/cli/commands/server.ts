import { Argument, Option, type Command } from 'commander';
import type { LoadOptions } from '../load/load.js';
import { examples, outputOf, wholeNumber, duration, withJson, withServer } from '../with-options.js';
import { SHELLS, type Shell } from '../completion.js';

/** A server on this machine: start it, look at it, put load on it. */
export function addServerCommands(program: Command): void {
  const start = program
    .command('start')
    .description('start the server; the same as npm start')
    .option('--environment', 'only list the variables it reads')
    .allowExcessArguments(false)
    .action(async ({ environment }: { environment?: boolean }) => {
      // It reads its arguments itself.
      process.argv.splice(2, process.argv.length, ...(environment ? ['--help'] : []));
      await import('../../main.js');
    });
  examples(start, 'start', 'start --environment');

  const doctor = withJson(program.command('doctor'))
    .description('check everything the server needs, and say what to do about what is wrong')
    .option('--url <url>', 'the server that should answer (default: by PUSH_HOST and PUSH_PORT)')
    .option('--no-egress', 'do not try to reach the push providers')
    .action(async (options: { json?: boolean; url?: string; egress: boolean }) => {
      const { doctor: examine } = await import('../doctor/doctor.js');
      process.exitCode = await examine(options, outputOf(options));
    });
  examples(doctor, 'doctor', 'doctor --json --no-egress');

  const load = withServer(program.command('load'))
    .description('put load on a running server and measure it; it ends by itself')
    .addOption(
      new Option('--connections <n>', 'devices').default(50).argParser(wholeNumber('--connections', 1, 20_000)),
    )
    .addOption(new Option('--rate <n>', 'messages a second').default(100).argParser(wholeNumber('--rate', 1, 100_000)))
    .addOption(new Option('--duration <time>', 'how long').default(10_000, '10s').argParser(duration('--duration')))
    .addOption(
      new Option('--topic-share <percent>', 'of the messages, to a topic that all devices follow')
        .default(0)
        .argParser(wholeNumber('--topic-share', 0, 100)),
    )
    .addOption(
      new Option('--bytes <n>', 'of data in a message').default(100).argParser(wholeNumber('--bytes', 0, 60_000)),
    )
    .option('--prefix <text>', 'what the names of its users begin with', 'load')
    .action(async (options: LoadOptions & { json?: boolean }) => {
      const { load: run } = await import('../load/load.js');
      await run(options, outputOf(options));
    });
  examples(load, 'load --connections 200 --rate 500 --duration 30s', 'load --topic-share 10 --json');

  const completion = program
    .command('completion')
    .description('print a script that completes commands and options')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action(async (shell: Shell) => {
      const { completionScript } = await import('../completion.js');
      process.stdout.write(completionScript(program, shell));
    });
  examples(
    completion,
    'completion bash > /etc/bash_completion.d/push',
    'completion zsh > "${fpath[1]}/_push"',
    'completion fish > ~/.config/fish/completions/push.fish',
  );
}
