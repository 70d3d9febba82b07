import { readConfig, type Config } from '../../config.js';
import type { Output } from '../output.js';
import { lookAtBroker } from './broker.js';
import { lookAtDatabase } from './database.js';
import { lookAtEgress } from './egress.js';
import { failAsSaid, messageOf, fail, ok, type Finding } from './finding.js';
import { lookAtMachine } from './machine.js';
import { lookAtServer } from './server.js';

export interface DoctorOptions {
  readonly url?: string;
  readonly egress: boolean;
}

const SIGNS = { ok: ['green', '✓'], warn: ['yellow', '!'], fail: ['red', '✗'] } as const;

/** Looks at everything it can reach; the exit code: 1 where something is wrong that has to be mended. */
export async function doctor(options: DoctorOptions, output: Output): Promise<0 | 1> {
  const findings: Finding[] = [];
  const tell = (found: readonly Finding[]): void => {
    findings.push(...found);
    if (!output.json) for (const one of found) output.document(one, () => lineOf(one, output));
  };
  tell(lookAtMachine());
  const config = configOf(tell);
  const looks: readonly [string, () => Promise<readonly Finding[]>][] = config
    ? [
        ['database', () => lookAtDatabase(config)],
        ['broker', () => lookAtBroker(config.broker)],
        ['server', () => lookAtServer(config, options.url)],
        ['egress', async () => (options.egress ? lookAtEgress() : [])],
      ]
    : [['egress', async () => (options.egress ? lookAtEgress() : [])]];
  for (const [what, look] of looks)
    tell(await look().catch((error: unknown) => [fail(what, messageOf(error), 'this should not happen: report it')]));

  const failed = findings.filter(({ state }) => state === 'fail').length;
  const warned = findings.filter(({ state }) => state === 'warn').length;
  const healthy = failed === 0;
  if (output.json) output.document({ healthy, failed, warned, findings }, () => '');
  else
    output.note(healthy ? `\nNothing is broken${warned > 0 ? `; ${warned} to look at` : ''}.` : `\n${failed} to mend.`);
  return healthy ? 0 : 1;
}

function configOf(tell: (found: readonly Finding[]) => void): Config | undefined {
  const outcome = readConfig(process.env);
  if (!outcome.ok) {
    tell(outcome.errors.map((error) => failAsSaid('configuration', error)));
    return undefined;
  }
  tell([
    ok('configuration', 'every variable is good'),
    ...outcome.warnings.map(
      (text) => ({ what: 'configuration', state: 'warn', found: text, remedy: 'see docs/configuration.md' }) as const,
    ),
  ]);
  return outcome.config;
}

function lineOf({ what, state, found, remedy }: Finding, output: Output): string {
  const [colour, sign] = SIGNS[state];
  const line = `${output.paint(colour, sign)} ${what.padEnd(14)} ${found}`;
  return remedy === undefined ? line : `${line}\n  ${' '.repeat(14)} ${output.paint('dim', `→ ${remedy}`)}`;
}
