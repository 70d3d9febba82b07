import { describe, it } from '@jest/globals';
import { fakeTimeLibrary, postgresProgram, programOf, rabbitProgram } from './binaries.js';
import { isRoot } from './system-user.js';

/** What a test can need of the machine: the complaint where it is not there. */
const NEEDS = {
  postgres: () => (postgresProgram('initdb') ? undefined : 'PostgreSQL is not installed (Debian: postgresql)'),
  mariadb: () =>
    programOf('mariadbd') && programOf('mariadb-install-db')
      ? undefined
      : 'MariaDB is not installed (Debian: mariadb-server)',
  rabbitmq: () =>
    rabbitProgram('rabbitmq-server') && programOf('epmd')
      ? undefined
      : 'RabbitMQ is not installed (Debian: rabbitmq-server)',
  nginx: () => (programOf('nginx') ? undefined : 'nginx is not installed (Debian: nginx-light)'),
  prometheus: () =>
    programOf('prometheus') && programOf('promtool') ? undefined : 'Prometheus is not installed (Debian: prometheus)',
  firewall: () => (programOf('nft') && isRoot() ? undefined : 'partitions need nft (Debian: nftables) and root'),
  'small disks': () => (programOf('mount') && isRoot() ? undefined : 'mounting a tmpfs needs root'),
  'other clocks': () => (fakeTimeLibrary() ? undefined : 'libfaketime is not installed (Debian: faketime)'),
} satisfies Record<string, () => string | undefined>;

export type Need = keyof typeof NEEDS;

/** Nobody looks at what a build machine prints: there, what cannot be run has failed. */
const mustRun = (): boolean =>
  process.env.PUSH_REQUIRE_SERVICES === '1' || !['', '0', 'false', undefined].includes(process.env.CI);

export const missing = (needs: readonly Need[]): string[] => needs.flatMap((need) => NEEDS[need]() ?? []);

/**
 * Tests that need programs beside Node. Where one is missing they are not run, and a test named so says it, green at
 * home and red where `CI` or `PUSH_REQUIRE_SERVICES=1` is set. The end of the run lists what was not run.
 */
export function describeWith(needs: readonly Need[], title: string, tests: () => void): void {
  const complaints = missing(needs);
  if (complaints.length === 0) return describe(title, tests);
  describe(title, () => {
    it(`not run: ${complaints.join('; ')}`, () => {
      if (mustRun()) throw new Error(`${title}: ${complaints.join('; ')}`);
    });
  });
}
