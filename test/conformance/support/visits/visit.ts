import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { PushFrame } from 'push-core/wire';
import type { EveryDoor } from './every-door.js';

/** Who is visiting, and where. */
export interface Place {
  readonly door: EveryDoor;
  readonly user: string;
  readonly device: string;
  /** Good for that device; asked for at every visit, as an application would. */
  token(): Promise<string>;
  show(push: PushFrame): void;
}

/** A client at work. */
export interface Stay {
  /** Its line is cut once; it comes back by itself. Absent where the client is not made for that. */
  shake?(): Promise<void>;
  /** It is cut off, or killed, in the middle of whatever it does. Resolves when it can show nothing more. */
  cut(): Promise<void>;
}

/** One way in, through a client nobody here wrote. */
export interface Way {
  readonly name: string;
  visit(place: Place): Promise<Stay>;
}

const MISSING: Readonly<Record<string, string>> = {
  curl: 'apt-get install curl',
  mosquitto_sub: 'apt-get install mosquitto-clients',
};

/** A program of the machine. One that is missing is a failure with a name, never a skip. */
export function run(program: string, args: readonly string[]): ChildProcess {
  if (spawnSync(program, ['--help'], { stdio: 'ignore' }).error) {
    throw new Error(`This test needs ${program}, which is not installed here: ${MISSING[program] ?? 'install it'}`);
  }
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Asked to go; what it has still to print is read. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  const late = setTimeout(() => child.kill('SIGKILL'), 5000);
  child.kill('SIGTERM');
  await closed;
  clearTimeout(late);
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}
