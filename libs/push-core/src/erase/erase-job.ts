import type { EraseSubject } from '../store/erase-store.js';
import type { JobRef, NewJob } from '../store/job-store.js';

/** The kinds of jobs that finish an erasure its process did not; of a user the id is the user, of a tenant the tenant. */
export const ERASE_USER = 'erase';
export const ERASE_TENANT = 'erase-tenant';

/** What an erasure that is taken over has to know. */
export interface ErasePlan {
  readonly at: number;
  readonly mark: string;
}

export const eraseRef = ({ tenant, user }: EraseSubject): JobRef =>
  user === undefined ? { tenant, kind: ERASE_TENANT, id: tenant } : { tenant, kind: ERASE_USER, id: user };

export const eraseJob = (subject: EraseSubject, plan: ErasePlan, dueAt: number): NewJob => ({
  ...eraseRef(subject),
  payload: JSON.stringify(plan),
  position: 0,
  size: 1,
  dueAt,
});

export const subjectOf = ({ tenant, kind, id }: JobRef): EraseSubject =>
  kind === ERASE_TENANT ? { tenant } : { tenant, user: id };

export const planOf = (payload: string): ErasePlan => JSON.parse(payload) as ErasePlan;
