import type { AccountMedium, Row, Run } from '../accounts/account-medium.js';
import type { Role } from '../accounts/accounts.js';
import type { PersonChange, StoredPerson } from './people.js';

const COLUMNS =
  'id, name, role, tenant, password, must_change, disabled, subject, mapped, totp, totp_next, recovery, created_at';
const PEOPLE = `SELECT ${COLUMNS} FROM push_person`;
const ADD = `INSERT INTO push_person (${COLUMNS}, totp_step) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`;

/** Those who may sign in, in tables of a database. Rejects with a PushError, retryable where the database does not answer. */
export class PeopleStore {
  constructor(private readonly medium: AccountMedium) {}

  /** Of several nodes that begin together one makes the first. */
  addFirst(person: StoredPerson): Promise<boolean> {
    return this.medium.alone(async (run) => {
      const { rows } = await run('SELECT id FROM push_person LIMIT 1');
      if (rows.length > 0) return false;
      await run(ADD, valuesOf(person));
      return true;
    });
  }

  /** False when somebody has that name. */
  add(person: StoredPerson): Promise<boolean> {
    return this.medium.alone(async (run) => {
      const { rows } = await run('SELECT id FROM push_person WHERE name = ?', [person.name]);
      if (rows.length > 0) return false;
      await run(ADD, valuesOf(person));
      return true;
    });
  }

  person(id: string): Promise<StoredPerson | undefined> {
    return this.one('id', id);
  }

  named(name: string): Promise<StoredPerson | undefined> {
    return this.one('name', name);
  }

  bySubject(subject: string): Promise<StoredPerson | undefined> {
    return this.one('subject', subject);
  }

  /** By name, ascending. */
  async people(): Promise<readonly StoredPerson[]> {
    return (await this.medium.run(`${PEOPLE} ORDER BY name`)).rows.map(toPerson);
  }

  /** What they are now; undefined: there is no such person. */
  change(id: string, change: PersonChange): Promise<StoredPerson | undefined> {
    return this.medium.alone((run) => changeIn(run, id, () => change));
  }

  /** Takes one recovery code away. False: it is not there, or somebody was faster. */
  async useRecoveryCode(id: string, hash: string): Promise<boolean> {
    let used = false;
    await this.medium.alone((run) =>
      changeIn(run, id, ({ recovery }) => {
        used = recovery.includes(hash);
        return { recovery: recovery.filter((one) => one !== hash) };
      }),
    );
    return used;
  }

  /** False where this code, or a later one, was used before: each is good once, on whatever node. */
  async useTotpStep(id: string, step: number): Promise<boolean> {
    const { changed } = await this.medium.run('UPDATE push_person SET totp_step = ? WHERE id = ? AND totp_step < ?', [
      step,
      id,
      step,
    ]);
    return changed === 1;
  }

  async remove(id: string): Promise<boolean> {
    return (await this.medium.run('DELETE FROM push_person WHERE id = ?', [id])).changed === 1;
  }

  /** Of one tenant, when it is deleted. */
  async removeOf(tenant: string): Promise<number> {
    return this.medium.alone(async (run) => {
      const people = 'SELECT id FROM push_person WHERE tenant = ?';
      await run(`DELETE FROM push_session WHERE person IN (${people})`, [tenant]);
      return (await run('DELETE FROM push_person WHERE tenant = ?', [tenant])).changed;
    });
  }

  private async one(column: 'id' | 'name' | 'subject', value: string): Promise<StoredPerson | undefined> {
    const { rows } = await this.medium.run(`${PEOPLE} WHERE ${column} = ?`, [value]);
    return rows[0] && toPerson(rows[0]);
  }
}

async function changeIn(
  run: Run,
  id: string,
  changeOf: (person: StoredPerson) => PersonChange,
): Promise<StoredPerson | undefined> {
  const { rows } = await run(`${PEOPLE} WHERE id = ?`, [id]);
  if (!rows[0]) return undefined;
  const before = toPerson(rows[0]);
  const change = changeOf(before);
  const after: StoredPerson = {
    ...before,
    ...change,
    totp: change.totp === undefined ? before.totp : (change.totp ?? undefined),
    totpNext: change.totpNext === undefined ? before.totpNext : (change.totpNext ?? undefined),
  };
  await run(
    `UPDATE push_person SET name = ?, role = ?, tenant = ?, password = ?, must_change = ?, disabled = ?, subject = ?, mapped = ?,
       totp = ?, totp_next = ?, recovery = ? WHERE id = ?`,
    [...valuesOf(after).slice(1, -1), id],
  );
  return after;
}

/** In the order of `COLUMNS`. */
const valuesOf = (person: StoredPerson): unknown[] => [
  person.id,
  person.name,
  person.role,
  person.tenant,
  person.password ?? null,
  person.mustChangePassword ? 1 : 0,
  person.disabled ? 1 : 0,
  person.subject ?? null,
  person.mapped ? 1 : 0,
  person.totp ?? null,
  person.totpNext ?? null,
  person.recovery.join(' '),
  person.createdAt,
];

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export const toPerson = (row: Row): StoredPerson => ({
  id: String(row.id),
  name: String(row.name),
  role: row.role as Role,
  tenant: String(row.tenant),
  password: textOf(row.password),
  mustChangePassword: Number(row.must_change) === 1,
  disabled: Number(row.disabled) === 1,
  subject: textOf(row.subject),
  mapped: Number(row.mapped) === 1,
  totp: textOf(row.totp),
  totpNext: textOf(row.totp_next),
  recovery: textOf(row.recovery)?.split(' ') ?? [],
  createdAt: Number(row.created_at),
});
