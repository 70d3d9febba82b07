// Programs that a check starts: their output is kept, waiting has a deadline, and none outlives the run.
import { spawn } from 'node:child_process';
import readline from 'node:readline';

/** What `npm run` adds for its own script would change what npm does in another folder. */
const NOT_INHERITED =
  /^(npm_package_|npm_lifecycle_|npm_config_local_prefix$|INIT_CWD$|NODE_OPTIONS$|NODE_PATH$|PUSH_)/;
const STOP_WAIT_MS = 15_000;

export function environment(more = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  return { ...Object.fromEntries(inherited), CI: '1', FORCE_COLOR: '0', ...more };
}

export class Processes {
  #running = new Set();

  /** Resolves with the output; rejects with it where the program fails or takes longer than the deadline. */
  async run(file, args, { deadlineMs = 180_000, ...options }) {
    const program = this.start(file, args, options);
    const late = AbortSignal.timeout(deadlineMs);
    const onLate = () => program.kill();
    late.addEventListener('abort', onLate);
    const code = await program.ended;
    late.removeEventListener('abort', onLate);
    if (code === 0) return program.output;
    const why = late.aborted ? `took longer than ${deadlineMs / 1000} s` : `ended with ${code}`;
    throw new Error(`${program.title} ${why}\n${program.output.trimEnd()}`);
  }

  start(file, args, { cwd, env = {} }) {
    const program = new Program(file, args, { cwd, env: environment(env) });
    this.#running.add(program);
    void program.ended.then(() => this.#running.delete(program));
    return program;
  }

  async endAll() {
    await Promise.all([...this.#running].map((program) => program.kill()));
  }
}

class Program {
  output = '';
  #lines = [];
  #wakers = new Set();
  #hasEnded = false;

  constructor(file, args, options) {
    this.title = [file === process.execPath ? 'node' : file, ...args].join(' ');
    // A group of its own: what it starts itself (a compiler's server, a shell) ends with it.
    this.child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (chunk) => (this.output += chunk));
      readline.createInterface({ input: stream }).on('line', (line) => {
        this.#lines.push(line);
        this.#wake();
      });
    }
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => ((this.output += error.message), resolve(1)));
      this.child.on('close', (code, signal) => resolve(code ?? signal));
    }).then((code) => {
      this.#hasEnded = true;
      this.#wake();
      return code;
    });
  }

  get lines() {
    return this.#lines;
  }

  /** The first line, printed already or to come, that matches; resolves with the match. */
  async line(pattern, deadlineMs = 20_000) {
    return this.until(
      () => this.#lines.map((line) => pattern.exec(line)).find((match) => match !== null),
      `${pattern}`,
      deadlineMs,
    );
  }

  /** Looked at with every line; resolves with the first truthy value. */
  async until(look, what, deadlineMs = 20_000) {
    let late = false;
    const timer = setTimeout(() => ((late = true), this.#wake()), deadlineMs);
    try {
      for (;;) {
        const found = look(this.#lines);
        if (found) return found;
        if (late) throw new Error(`${this.title}: no ${what} within ${deadlineMs / 1000} s\n${this.output}`);
        if (this.#hasEnded) throw new Error(`${this.title} ended without ${what}\n${this.output}`);
        await new Promise((resolve) => this.#wakers.add(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** As an operator stops it. Rejects where it does not end by itself in time, or not with 0. */
  async stop() {
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.kill(), STOP_WAIT_MS);
    const code = await this.ended;
    clearTimeout(timer);
    if (code !== 0 && code !== 'SIGTERM') throw new Error(`${this.title} ended with ${code}\n${this.output}`);
  }

  /** As a power cut does. */
  async kill() {
    this.#signal('SIGKILL');
    await this.ended;
  }

  #signal(signal) {
    if (this.#hasEnded || this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  #wake() {
    for (const wake of this.#wakers) wake();
    this.#wakers.clear();
  }
}
