import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addAccountCommands } from './commands/accounts.js';
import { addDataCommands } from './commands/data.js';
import { addMessageCommands } from './commands/messages.js';
import { addServerCommands } from './commands/server.js';

/** Every command. What one of them does is loaded when it is called: help and completion come at once. */
export function pushProgram(): Command {
  const program = new Command('push')
    .description('Durable, ordered, acknowledged push messages')
    .version(versionOf(), '-v, --version')
    .showHelpAfterError('(push <command> --help says more)')
    .showSuggestionAfterError()
    .enablePositionalOptions();
  // Once, so that commands inherit it.
  const asJson = process.argv.includes('--json');
  program.exitOverride().configureOutput(asJson ? { writeErr: () => {} } : {});
  addServerCommands(program);
  addMessageCommands(program);
  addAccountCommands(program);
  addDataCommands(program);
  program.addHelpText(
    'after',
    `
Commands that talk to a server take --url (PUSH_URL), --key (PUSH_KEY) and --tenant. Every command takes --json.
Exit codes: 0 good, 1 failed, 2 wrong use.

Examples:
  $ push start
  $ push send --user ann --type greeting --data '{"text":"Hello"}' --wait
  $ push tail ann
  $ push doctor`,
  );
  return program;
}

function versionOf(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
