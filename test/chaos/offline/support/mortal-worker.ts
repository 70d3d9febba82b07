import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';

interface DeadRow {
  readonly messageId: string;
  readonly reason: string;
  readonly unknown: number;
}
type Word =
  | { readonly ready: true }
  | { readonly published: readonly (readonly [key: string, id: string])[] }
  | { readonly shown: string }
  | { readonly dead: readonly DeadRow[] };

const SCRIPT = path.join(__dirname, 'mortal-process.cjs');

/** A worker of its own process on one database, started again as often as it dies. Publishes the same again after each start. */
export class MortalWorker {
  readonly shown = new Map<string, number>();
  readonly ids = new Map<string, string>();
  dead: readonly DeadRow[] = [];
  deaths = 0;
  private child!: ChildProcess;
  private isOver = false;

  constructor(
    private readonly file: string,
    private readonly publishes: readonly { readonly key: string; readonly title: string }[],
  ) {
    this.start();
  }

  end(): Promise<unknown> {
    this.isOver = true;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    return gone;
  }

  private start(): void {
    this.child = fork(SCRIPT, [this.file]);
    this.child.on('message', (word) => this.hear(word as Word));
    this.child.on('exit', () => {
      if (this.isOver) return;
      this.deaths++;
      this.start();
    });
  }

  private hear(word: Word): void {
    if ('ready' in word) this.child.send({ publish: this.publishes });
    else if ('published' in word) for (const [key, id] of word.published) this.ids.set(key, id);
    else if ('shown' in word) this.shown.set(word.shown, (this.shown.get(word.shown) ?? 0) + 1);
    else this.dead = word.dead;
  }
}
