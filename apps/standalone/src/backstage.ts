import { fileURLToPath } from 'node:url';
import type { Clock, Push } from 'push-core';
import type { AccountMedium } from './accounts/account-medium.js';
import type { Accounts } from './accounts/accounts.js';
import { AuditLog } from './audit/audit-log.js';
import { AuditStore } from './audit/audit-store.js';
import type { Config } from './config.js';
import type { Logger } from './log.js';
import { Desk } from './people/desk.js';
import { makeFirstPerson } from './people/first-person.js';
import { PeopleStore } from './people/people-store.js';
import { Oidc } from './people/oidc/oidc.js';
import type { KeyRing } from './ring/key-ring.js';
import { StatRecorder } from './stats/stat-recorder.js';
import { StatStore } from './stats/stat-store.js';
import { Stats } from './stats/stats.js';

/** Where Vite puts the console's page, seen from the built server. */
export const CONSOLE_FOLDER = fileURLToPath(new URL('./console/', import.meta.url));

export interface BackstageParts {
  readonly config: Config;
  readonly medium: AccountMedium;
  readonly accounts: Accounts;
  readonly ring: KeyRing;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
}

/** What the server keeps about its own running: who may look, who did what, and the figures. */
export class Backstage {
  readonly auditStore: AuditStore;
  readonly audit: AuditLog;
  readonly statStore: StatStore;
  readonly people: PeopleStore;
  /** Undefined where the console is off, or this process answers no API. */
  readonly desk: Desk | undefined;
  readonly oidc: Oidc | undefined;
  private recorder: StatRecorder | undefined;
  private readonly complain: (what: string, error?: unknown) => void;

  constructor(private readonly parts: BackstageParts) {
    const { config, medium, accounts, ring, clock, log, version } = parts;
    const { signIn } = config;
    this.complain = (what, error) => log.warn(error === undefined ? {} : { err: error }, what);
    this.auditStore = new AuditStore(medium);
    this.audit = new AuditLog({ store: this.auditStore, clock, complain: this.complain });
    this.statStore = new StatStore(medium);
    this.people = new PeopleStore(medium);
    if (!config.console || !config.roles.includes('api')) return;
    const settings = { totpRequired: signIn.totpRequired, publicOrigin: signIn.publicOrigin, version };
    this.desk = new Desk({ medium, accounts, ring, audit: this.audit, clock, settings });
    if (signIn.oidc && signIn.publicOrigin !== undefined)
      this.oidc = new Oidc(this.desk, medium, signIn.oidc, signIn.publicOrigin);
  }

  /** After the accounts, which bring the tables up to date. */
  async open(): Promise<void> {
    const { config, medium } = this.parts;
    // There the accounts are not in tables.
    if (config.database.kind === 'memory') await medium.open();
    await this.audit.open();
  }

  /** The password of the first person, where one was made up now. */
  async makeFirstPerson(): Promise<string | undefined> {
    const { host, signIn } = this.parts.config;
    if (!this.desk || (signIn.password === undefined && !isLoopback(host))) return undefined;
    return makeFirstPerson(this.desk, signIn.password);
  }

  stats({ meters }: Push): Stats {
    return new Stats(this.statStore, meters.delivery.bounds, this.parts.clock);
  }

  startRecording({ meters }: Push): void {
    this.recorder = new StatRecorder({
      store: this.statStore,
      meters,
      clock: this.parts.clock,
      complain: this.complain,
    });
    this.recorder.start();
  }

  /** Before the accounts are closed. */
  async close(): Promise<void> {
    await this.recorder?.close();
    await this.audit.close();
    if (this.parts.config.database.kind === 'memory') await this.parts.medium.close();
  }
}

/** Where nobody from elsewhere can come before the operator has signed in. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
