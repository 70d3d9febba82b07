import { execFile } from 'node:child_process';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { programOf, rabbitProgram, required } from './binaries.js';
import type { Estate } from './estate.js';
import type { OwnProcess } from './own-process.js';
import { steadyPort } from './ports.js';
import { serverUser, type SystemUser } from './system-user.js';

const START_MS = 120_000;
const CONTROL_MS = 60_000;
const run = promisify(execFile);

export type Alarm = 'memory' | 'disk';

/** What brokers of one test have in common: a cookie, and who knows their names. */
export interface RabbitFamily {
  readonly home: string;
  readonly epmdPort: number;
  readonly user?: SystemUser;
}

/** A RabbitMQ of the test's own: one scheduler, a small log, on ports and in a folder of its own. */
export class PrivateRabbit {
  private constructor(
    private readonly estate: Estate,
    private readonly family: RabbitFamily,
    private readonly environment: Readonly<Record<string, string>>,
    readonly name: string,
    readonly port: number,
    private process: OwnProcess,
  ) {}

  static async start(estate: Estate, given?: RabbitFamily): Promise<PrivateRabbit> {
    const family = given ?? (await newFamily(estate));
    const folder = estate.folder(family.user);
    const port = await steadyPort();
    const name = `push${port}@localhost`;
    const environment = await settle(family, folder, name, port);
    const own = new PrivateRabbit(estate, family, environment, name, port, launch(estate, family, environment));
    await own.answering();
    return own;
  }

  get url(): string {
    return `amqp://guest:guest@127.0.0.1:${this.port}`;
  }

  kill9(): Promise<void> {
    return this.process.kill9();
  }
  stop(): void {
    this.process.stop();
  }
  continue(): void {
    this.process.continue();
  }

  /** On the same data, after `kill9`. Resolves when it answers; takes seconds. */
  async restart(): Promise<void> {
    await this.kill9();
    this.process = launch(this.estate, this.family, this.environment);
    await this.answering();
  }

  /** What `rabbitmqctl` says, asked of this node alone. */
  async control(...args: string[]): Promise<string> {
    const program = required(rabbitProgram('rabbitmqctl'), 'rabbitmqctl');
    const { stdout } = await run(program, ['-s', '-n', this.name, ...args], {
      ...this.family.user,
      cwd: this.family.home,
      env: this.environment,
      timeout: CONTROL_MS,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  }

  /** Publishers are held up from now on. */
  async alarm(kind: Alarm): Promise<void> {
    if (kind === 'memory') await this.control('set_vm_memory_high_watermark', '0.00001');
    else await this.control('set_disk_free_limit', '100000GB');
  }

  async calm(kind: Alarm): Promise<void> {
    if (kind === 'memory') await this.control('set_vm_memory_high_watermark', '0.4');
    else await this.control('set_disk_free_limit', '10MB');
  }

  /** Names of the clients' connections there are, as the broker sees them. */
  async connections(): Promise<string[]> {
    return lines(await this.control('list_connections', 'name'));
  }

  /** [queue, messages, consumers] */
  async queues(): Promise<{ name: string; messages: number; consumers: number }[]> {
    const rows = lines(await this.control('list_queues', 'name', 'messages', 'consumers'));
    return rows.map((row) => {
      const [name = '', messages, consumers] = row.split('\t');
      return { name, messages: Number(messages), consumers: Number(consumers) };
    });
  }

  private answering(): Promise<void> {
    return this.process.answering(() => greets(this.port), START_MS);
  }
}

/** A cookie and a name service of their own: nothing is asked of, or told to, brokers that were there before. */
export async function newFamily(estate: Estate): Promise<RabbitFamily> {
  const user = serverUser('rabbitmq');
  const home = estate.folder(user);
  const cookie = path.join(home, '.erlang.cookie');
  writeFileSync(cookie, `PUSH${Math.random().toString(36).slice(2).toUpperCase()}`);
  chmodSync(cookie, 0o400);
  if (user) chownSync(cookie, user.uid, user.gid);
  const epmdPort = await steadyPort();
  const epmd = estate.start(required(programOf('epmd'), 'epmd'), ['-port', String(epmdPort), '-address', '127.0.0.1'], {
    user,
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home },
  });
  await epmd.answering(() => accepts(epmdPort), START_MS);
  return { home, epmdPort, user };
}

async function settle(
  { home, epmdPort }: RabbitFamily,
  folder: string,
  name: string,
  port: number,
): Promise<Record<string, string>> {
  const file = (called: string, text: string): string => {
    const place = path.join(folder, called);
    writeFileSync(place, text, { mode: 0o644 });
    return place;
  };
  const config = [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    'vm_memory_high_watermark.relative = 0.4',
    'disk_free_limit.absolute = 10MB',
    'raft.wal_max_size_bytes = 16000000',
    // Three nodes that find each other again on one machine have nothing to fear from each other.
    'cluster_partition_handling = pause_minority',
    'log.console = true',
    'log.console.level = warning',
    'log.file = false',
  ];
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    LANG: 'C.UTF-8',
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: name,
    RABBITMQ_DIST_PORT: String(await steadyPort()),
    RABBITMQ_BASE: folder,
    RABBITMQ_MNESIA_BASE: path.join(folder, 'data'),
    RABBITMQ_LOG_BASE: path.join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_GENERATED_CONFIG_DIR: path.join(folder, 'generated'),
    RABBITMQ_SCHEMA_DIR: path.join(folder, 'schema'),
    RABBITMQ_CONFIG_FILE: file('rabbitmq.conf', `${config.join('\n')}\n`),
    RABBITMQ_CONF_ENV_FILE: file('env.conf', ''),
    RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins', '[].\n'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +A 8 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_CTL_ERL_ARGS: '+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}',
  };
}

const launch = (estate: Estate, { user, home }: RabbitFamily, env: Readonly<Record<string, string>>): OwnProcess =>
  estate.start(required(rabbitProgram('rabbitmq-server'), 'rabbitmq-server'), [], { user, cwd: home, env });

/** The listener opens at the end of the start; that it answers its protocol means it serves. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\0\0\x09\x01'));
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => done(false));
    socket.on('data', () => done(true));
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
