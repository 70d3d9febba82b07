import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { programOf, required } from './binaries.js';
import type { Estate } from './estate.js';
import type { OwnProcess } from './own-process.js';
import { steadyPort } from './ports.js';

const START_MS = 10_000;

/** nginx with the project's own file, in which nothing is changed but where it listens, where the nodes are, and where it may write. */
export class PrivateNginx {
  private constructor(
    readonly port: number,
    private readonly process: OwnProcess,
  ) {}

  static async start(estate: Estate, file: string, nodes: Readonly<Record<string, number>>): Promise<PrivateNginx> {
    const folder = estate.folder();
    const port = await steadyPort();
    let text = readFileSync(file, 'utf8').replaceAll('/tmp/nginx', path.join(folder, 'nginx'));
    text = replaced(text, 'listen 8080', `listen 127.0.0.1:${port}`);
    for (const [name, at] of Object.entries(nodes))
      text = replaced(text, `server ${name}:7400`, `server 127.0.0.1:${at}`);
    const config = path.join(folder, 'nginx.conf');
    writeFileSync(config, text);
    const program = required(programOf('nginx'), 'nginx');
    const process = estate.start(program, ['-p', folder, '-c', config, '-g', 'daemon off;'], { cwd: folder });
    const own = new PrivateNginx(port, process);
    await process.answering(
      () =>
        fetch(`${own.url}/proxyz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      START_MS,
    );
    return own;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get socketUrl(): string {
    return `ws://127.0.0.1:${this.port}/v1/ws`;
  }
  get pid(): number {
    return this.process.pid;
  }
  get output(): string {
    return this.process.output;
  }

  /** As `nginx -s reload` does. */
  reload(): void {
    process.kill(this.process.pid, 'SIGHUP');
  }
}

function replaced(text: string, what: string, by: string): string {
  if (!text.includes(what)) throw new Error(`the file does not say "${what}"`);
  return text.replace(what, by);
}
