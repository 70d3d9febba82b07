import { readFileSync, readdirSync } from 'node:fs';

interface ProcessStatus {
  readonly parent: number;
  /** Ticks since boot: a number is used again, a number with its birth is not. */
  readonly born: number;
  readonly state: string;
}

/** Undefined: there is no such process. */
export function processStatus(pid: number): ProcessStatus | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', parent: Number(fields[1]), born: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

/** A dead process that nobody has asked after is gone too. */
export function isAlive(pid: number): boolean {
  const state = processStatus(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** The process and all that come from it, parents first. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? processStatus(pid)?.parent : undefined;
    if (parent !== undefined) parents.set(pid, parent);
  }
  const found = [root];
  for (let at = 0; at < found.length; at++) {
    for (const [pid, parent] of parents) if (parent === found[at]) found.push(pid);
  }
  return found;
}

/** To each that is still there. */
export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
