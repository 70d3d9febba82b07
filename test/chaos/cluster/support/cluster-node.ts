import { ServerProcess } from '../../../support/server.js';
import type { Estate } from '../../../services/estate.js';

export interface NodeOptions {
  readonly name: string;
  readonly port: number;
  readonly mqttPort: number;
  readonly database: string;
  readonly broker?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Given to every node: the same database may serve one cluster after the other, and prints its keys only once. */
const ADMIN_KEY = 'chaos-admin-key-of-no-secret-at-all';

/** One place in the cluster: a name and ports, and the process that has them now. */
export class ClusterNode {
  private server?: ServerProcess;
  /** Ends of its processes so far. */
  readonly ends: { code: number | null; signal: NodeJS.Signals | null }[] = [];
  private readonly outputs: string[] = [];

  constructor(
    private readonly estate: Estate,
    readonly options: NodeOptions,
  ) {}

  /** Good for everything. */
  readonly key = ADMIN_KEY;

  get name(): string {
    return this.options.name;
  }
  get port(): number {
    return this.options.port;
  }
  get mqttPort(): number {
    return this.options.mqttPort;
  }
  get isRunning(): boolean {
    return this.server?.isRunning === true;
  }
  get pid(): number {
    return this.server?.child.pid ?? -1;
  }
  /** What all its processes wrote. */
  get output(): string {
    return this.outputs.join('') + (this.server?.output ?? '');
  }

  /** Resolves when it listens. `env`: on top of the node's own. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { name, port, mqttPort, database, broker, env: own } = this.options;
    if (this.server) this.outputs.push(this.server.output);
    this.server = await ServerProcess.start({
      port,
      keys: { apiKey: ADMIN_KEY, adminKey: ADMIN_KEY },
      env: {
        PUSH_DATABASE_URL: database,
        ...(broker === undefined ? {} : { PUSH_BROKER_URL: broker }),
        PUSH_ADMIN_KEY: ADMIN_KEY,
        PUSH_NODE_ID: name,
        PUSH_MQTT_PORT: String(mqttPort),
        PUSH_LOG_LEVEL: 'info',
        ...own,
        ...env,
      },
    }).catch((error: Error) => {
      if (error.message.includes('signal SIGKILL')) this.ends.push({ code: null, signal: 'SIGKILL' });
      throw error;
    });
    const { child, exited, dir } = this.server;
    if (child.pid !== undefined) this.estate.adopt(child.pid);
    this.estate.note({ folder: dir });
    void exited.then((end) => this.ends.push(end));
  }

  /** Resolves when it is gone. */
  async end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (!this.server) throw new Error(`${this.name} was never started`);
    return this.server.end(signal);
  }

  /** Says it and does not wait. */
  tell(signal: NodeJS.Signals): void {
    this.server?.child.kill(signal);
  }

  call(...given: Parameters<ServerProcess['call']>): ReturnType<ServerProcess['call']> {
    if (!this.server) throw new Error(`${this.name} was never started`);
    return this.server.call(...given);
  }

  residentBytes(): number {
    return this.server?.isRunning === true ? this.server.residentBytes() : 0;
  }

  /** With -9, and what it left in its folder. */
  async remove(): Promise<void> {
    await this.server?.remove();
  }
}
