import type { AppendRequest } from '../../store/message-store.js';
import type { ClaimRequest, JobRef, JobStep, JobStore, NewJob, TakeRequest } from '../../store/job-store.js';
import { append, message, T0, TENANT } from './store-samples.js';

export const KIND = 'fan-out';

export const jobRef = (id: string, over: Partial<JobRef> = {}): JobRef => ({ tenant: TENANT, kind: KIND, id, ...over });

/** Of 30 steps, due at T0. */
export const newJob = (id: string, over: Partial<NewJob> = {}): NewJob => ({
  ...jobRef(id),
  payload: JSON.stringify({ about: id }),
  position: 0,
  size: 30,
  dueAt: T0,
  ...over,
});

/** A message that is stored together with the job about it. */
export const withJob = (id: string, over: Partial<NewJob> = {}, streams: readonly string[] = []): AppendRequest => ({
  ...append(id, streams, { tenant: over.tenant ?? TENANT }),
  job: newJob(id, over),
});

export const step = (id: string, from: number, to: number, over: Partial<JobStep> = {}): JobStep => ({
  ...jobRef(id),
  from,
  to,
  owner: 'n1',
  leaseUntil: T0 + 100,
  ...over,
});

/** The step of `id`'s job that brings its message into `streams`. */
export const page = (
  id: string,
  from: number,
  to: number,
  streams: readonly string[],
  over: Partial<JobStep> = {},
): AppendRequest => ({
  message: message(id, { tenant: over.tenant ?? TENANT }),
  targets: streams.map((stream) => ({ stream })),
  when: 'page',
  job: step(id, from, to, over),
});

/** Node n1 asks for up to ten at T0, until T0 + 100. */
export const claimOf = (over: Partial<ClaimRequest> = {}): ClaimRequest => ({
  kind: KIND,
  owner: 'n1',
  now: T0,
  leaseUntil: T0 + 100,
  limit: 10,
  busy: [],
  ...over,
});

export const claimedIds = async (jobs: JobStore, over: Partial<ClaimRequest> = {}): Promise<string[]> =>
  (await jobs.claim(claimOf(over))).map((job) => job.id);

/** Node n1 takes up to ten at T0, until T0 + 100. */
export const takeOf = (over: Partial<TakeRequest> = {}): TakeRequest => ({
  kind: KIND,
  owner: 'n1',
  now: T0,
  leaseUntil: T0 + 100,
  limit: 10,
  perTenant: 10,
  ...over,
});

export const takenIds = async (jobs: JobStore, over: Partial<TakeRequest> = {}): Promise<string[]> =>
  (await jobs.take(takeOf(over))).map((job) => job.id);
