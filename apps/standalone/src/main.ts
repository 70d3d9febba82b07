#!/usr/bin/env node
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { readConfig, type Config } from './config.js';
import { secretsIn } from './config-shown.js';
import { HELP } from './help.js';
import type { RunningServer } from './server.js';
import { StartFailed } from './start-failed.js';

/** Exit codes: 0 ended in good order, 1 failed, 2 wrong configuration or arguments. */
const HARD_DEADLINE_MS = 10_000;
/** Signals so close together are one request. */
const SAME_REQUEST_MS = 2_000;

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
const [argument] = process.argv.slice(2);

if (argument === undefined) await run(configOrExit());
else if (argument === '--help' || argument === '-h') process.stdout.write(HELP);
else if (argument === '--version' || argument === '-v') process.stdout.write(`${version}\n`);
else fail(2, `There is no option ${argument}; --help lists what there is`);

function configOrExit(): Config {
  const outcome = readConfig(process.env);
  if (!outcome.ok) fail(2, `The configuration is wrong:\n${outcome.errors.map((error) => `  ${error}`).join('\n')}`);
  for (const warning of outcome.warnings) process.stderr.write(`${warning}\n`);
  return outcome.config;
}

async function run(config: Config): Promise<void> {
  // Nothing has begun yet that would need an end.
  let onSignal = (_signal: string): void => process.exit(0);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => onSignal(signal));

  // Only now: help and complaints about the configuration need none of it.
  const [{ createLog }, { startServer }, { firstStartText }] = await Promise.all([
    import('./log.js'),
    import('./server.js'),
    import('./accounts/first-start.js'),
  ]);
  const { logLevel: level, logs } = config;
  const log = createLog({ level, format: logs.format, secrets: secretsIn(config) }, process.stdout.isTTY === true);
  let server: RunningServer | undefined;
  let endingSince: number | undefined;

  const end = (signal: string): void => {
    if (endingSince !== undefined) {
      // A terminal and npm, or a supervisor, say it twice at once. Asked again later, somebody does not want to wait.
      if (performance.now() - endingSince > SAME_REQUEST_MS) process.exit(1);
      return;
    }
    endingSince = performance.now();
    log.info({ signal }, 'ending: no new work, clients are sent elsewhere');
    setTimeout(() => {
      log.error(`work in hand was not finished within ${HARD_DEADLINE_MS} ms; it waits for ${server?.waitingFor()}`);
      process.exit(1);
    }, HARD_DEADLINE_MS).unref();
    void Promise.resolve(server?.close()).then(
      () => {
        log.info('ended');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'failed to end in good order');
        process.exit(1);
      },
    );
  };
  const crash = (error: unknown): void => {
    log.fatal({ err: error }, 'unexpected error; the process ends');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  onSignal = end;

  try {
    server = await startServer(config, log, version);
  } catch (error) {
    if (error instanceof StartFailed) fail(error.exitCode, error.message);
    crash(error);
    return;
  }
  const { roles } = config;
  const hasBothSides = roles.includes('api') && roles.includes('gateway');
  process.stdout.write(firstStartText(server.freshKeys, hasBothSides ? server.url : undefined, server.url));
  log.info({ port: server.port, version, roles: roles.join(',') }, `nest-push is listening on ${server.url}`);
  if (config.database.kind === 'memory')
    log.warn('PUSH_DATABASE_URL is memory: everything is gone when this process ends');
}

function fail(code: 1 | 2, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
