import { streamKey } from '../../model/stream.js';
import type { ClaimRequest, DeadJob, Job, JobRef, JobStep, JobStore, NewJob, TakeRequest } from '../job-store.js';
import type { DecisionStep } from '../notification-store.js';
import { fairShare } from './fair-share.js';
import { entryOf, type JobRecord, type MemoryData } from './memory-data.js';

export class MemoryJobs implements JobStore {
  constructor(
    private readonly data: MemoryData,
    private readonly check: () => void,
  ) {}

  async claim({ kind, owner, now, leaseUntil, limit, busy }: ClaimRequest): Promise<readonly Job[]> {
    this.check();
    const oldest = new Map<string, JobRecord>();
    for (const job of this.ofKind(kind)) {
      if (job.death || busy.includes(job.tenant)) continue;
      const other = oldest.get(job.tenant);
      if (!other || inLine(job, other) < 0) oldest.set(job.tenant, job);
    }
    return [...oldest.values()]
      .filter((job) => isFree(job, now))
      .sort(inLine)
      .slice(0, limit)
      .map((job) => this.hand(job, owner, leaseUntil));
  }

  async take({ kind, owner, now, leaseUntil, limit, perTenant, without }: TakeRequest): Promise<readonly Job[]> {
    this.check();
    const free = this.ofKind(kind).filter((job) => !job.death && isFree(job, now));
    return fairShare(free.sort(inLine), limit, perTenant, without).map((job) => this.hand(job, owner, leaseUntil));
  }

  async hasten(jobs: readonly JobRef[], dueAt: number): Promise<void> {
    this.check();
    for (const ref of jobs) {
      const job = living(this.data, ref);
      if (!job || (job.held && job.held.owner !== NOBODY)) continue;
      const held = job.held && { ...job.held, until: Math.min(job.held.until, dueAt) };
      put(this.data, { ...job, dueAt: Math.min(job.dueAt, dueAt), held });
    }
  }

  async postpone(job: JobRef, owner: string, dueAt: number): Promise<void> {
    this.check();
    const own = heldBy(this.data, job, owner);
    if (own) put(this.data, postponed(own, dueAt));
  }

  async finish(job: JobRef, owner: string): Promise<void> {
    this.check();
    if (heldBy(this.data, job, owner)) drop(this.data, job);
  }

  async finishAll(jobs: readonly JobRef[], owner: string): Promise<void> {
    this.check();
    for (const job of jobs) if (heldBy(this.data, job, owner)) drop(this.data, job);
  }

  async bury(job: JobRef, owner: string, reason: string, now: number): Promise<void> {
    this.check();
    const own = heldBy(this.data, job, owner);
    if (own) put(this.data, { ...own, held: undefined, death: { reason, diedAt: now } });
  }

  async find(job: JobRef): Promise<NewJob | undefined> {
    this.check();
    const found = living(this.data, job);
    if (!found) return undefined;
    const { attempts: _, ...told } = toldOf(found);
    return told;
  }

  async dead(tenant: string, kind: string, limit: number): Promise<readonly DeadJob[]> {
    this.check();
    return this.ofKind(kind)
      .flatMap((job) => (job.tenant === tenant && job.death ? [{ ...toldOf(job), ...job.death }] : []))
      .sort((a, b) => b.diedAt - a.diedAt)
      .slice(0, limit);
  }

  async pending(kind: string): Promise<number> {
    this.check();
    return this.ofKind(kind).filter((job) => !job.death).length;
  }

  private ofKind(kind: string): JobRecord[] {
    return [...this.data.jobs.values()].flatMap((kinds) => kinds.get(kind) ?? []);
  }

  private hand(job: JobRecord, owner: string, until: number): Job {
    const handed = { ...job, attempts: job.attempts + 1, held: { owner, until } };
    put(this.data, handed);
    return toldOf(handed);
  }
}

/** Holds what was postponed: ids are never empty. */
const NOBODY = '';

/** What is due longest first, then what was stored first. */
const inLine = (a: JobRecord, b: JobRecord): number => a.dueAt - b.dueAt || a.no - b.no;

const isFree = (job: JobRecord, now: number): boolean => job.dueAt <= now && (job.held?.until ?? -Infinity) <= now;

const postponed = (job: JobRecord, until: number): JobRecord => ({ ...job, held: { owner: NOBODY, until } });

/** Nothing where there is one of that name. */
export function addJob(data: MemoryData, job: NewJob): void {
  if (!data.jobs.get(streamKey(job.tenant, job.id))?.has(job.kind))
    put(data, { ...job, attempts: 0, no: ++data.counters.jobs });
}

/** Whether it was the job's next step. */
export function stepJob(data: MemoryData, step: JobStep): boolean {
  const job = living(data, step);
  if (job?.position !== step.from) return false;
  if (step.to >= job.size) drop(data, job);
  else put(data, { ...job, position: step.to, held: { owner: step.owner, until: step.leaseUntil } });
  return true;
}

/** Writes down how far a decision has come, as the step says; false where its owner does not hold the job any more. */
export function decideJob(data: MemoryData, { job, owner, payload, leaseUntil, release }: DecisionStep): boolean {
  const own = heldBy(data, job, owner);
  if (!own) return false;
  if (payload === undefined) drop(data, job);
  else if (release) put(data, postponed({ ...own, payload }, release.dueAt));
  else put(data, { ...own, payload, held: { owner, until: leaseUntil } });
  return true;
}

/** Whether there is a job about this. `key`: tenant and id. */
export function isWorkedOn(data: MemoryData, key: string): boolean {
  for (const { death } of data.jobs.get(key)?.values() ?? []) if (!death) return true;
  return false;
}

function heldBy(data: MemoryData, ref: JobRef, owner: string): JobRecord | undefined {
  const job = living(data, ref);
  return job?.held?.owner === owner ? job : undefined;
}

function living(data: MemoryData, { tenant, kind, id }: JobRef): JobRecord | undefined {
  const job = data.jobs.get(streamKey(tenant, id))?.get(kind);
  return job?.death ? undefined : job;
}

function toldOf({ held: _, death: __, no: ___, ...job }: JobRecord): Job {
  return job;
}

function put(data: MemoryData, job: JobRecord): void {
  entryOf(data.jobs, streamKey(job.tenant, job.id), () => new Map<string, JobRecord>()).set(job.kind, job);
}

/** Whoever holds it. */
export const dropJob = (data: MemoryData, job: JobRef): void => drop(data, job);

/** All that is to be done about something, dead ones too. `key`: tenant and id. */
export function forgetJobs(data: MemoryData, key: string): void {
  data.jobs.delete(key);
}

function drop(data: MemoryData, { tenant, kind, id }: JobRef): void {
  const key = streamKey(tenant, id);
  const kinds = data.jobs.get(key);
  kinds?.delete(kind);
  if (kinds?.size === 0) data.jobs.delete(key);
}
