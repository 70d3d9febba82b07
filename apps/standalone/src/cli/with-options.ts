import { Option, type Command } from 'commander';
import { misuse } from './cli-error.js';
import { Output } from './output.js';
import { DEFAULT_URL, ServerCall } from './server-call.js';

/** What every command that talks to a server takes. */
export interface RemoteOptions {
  readonly url: string;
  readonly key?: string;
  readonly tenant?: string;
  readonly json?: boolean;
}

export const withJson = (command: Command): Command => command.option('--json', 'print JSON and nothing else');

export const withServer = (command: Command): Command =>
  withJson(command)
    .addOption(new Option('--url <url>', 'the server').env('PUSH_URL').default(DEFAULT_URL))
    .addOption(new Option('--key <key>', 'an API key, or the admin key').env('PUSH_KEY'))
    .option('--tenant <id>', 'the tenant it is about, with an admin key');

export const withDatabase = (command: Command): Command =>
  withJson(command).addOption(
    new Option('--database <url>', 'the database').env('PUSH_DATABASE_URL').default('sqlite:./data/push.db'),
  );

export const examples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ push ${line}`).join('\n')}`);

export const serverOf = (options: RemoteOptions): ServerCall => new ServerCall(options);
export const outputOf = (options: { readonly json?: boolean }): Output => new Output(options.json === true);

/** Several values of one option. */
export const gathered = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

/** A whole number, told with the option's name where it is none. */
export const wholeNumber =
  (option: string, least = 0, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= least && value <= most) return value;
    throw misuse(option, `${JSON.stringify(text)} is no whole number from ${least}${most < 1e15 ? ` to ${most}` : ''}`);
  };

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `30s`, `10m`, `24h`, `7d`; in milliseconds. */
export const duration =
  (option: string) =>
  (text: string): number => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
    if (number !== undefined && unit !== undefined) return Math.round(Number(number) * (UNITS[unit] as number));
    throw misuse(option, `${JSON.stringify(text)} is no duration; write for example 500ms, 30s, 10m, 24h or 7d`);
  };

/** ISO 8601, or Unix milliseconds. */
export const moment =
  (option: string) =>
  (text: string): number => {
    const at = /^\d{10,}$/.test(text) ? Number(text) : Date.parse(text);
    if (Number.isFinite(at)) return at;
    throw misuse(option, `${JSON.stringify(text)} is no time; write for example 2026-01-31T18:00:00Z`);
  };
