import type { Clock, Push, Store, Timer } from 'push-core';
import { AlarmBoard, type Notice } from './alarm-board.js';
import { NodeRoll } from './node-roll.js';
import { readAll } from './readings.js';
import { RULES, type Rule } from './rules.js';

const LOOK_MS = 15_000;
/** What all nodes see alike is told by one of them. */
const SHARED: readonly string[] = ['node-lost', 'queue-deep'];
const OWN_QUEUE = 'intake';

type Watched = Pick<Push, 'meters' | 'status' | 'now' | 'node'>;

/** Looks every 15 s whether something is wrong, and tells it. */
export class AlarmWatch {
  private readonly board: AlarmBoard;
  private readonly roll: NodeRoll;
  private timer?: Timer;
  private looking: Promise<void> = Promise.resolve();
  private isFirst = false;
  private stopped = false;

  constructor(
    private readonly push: Watched,
    private readonly store: Pick<Store, 'jobs' | 'notifications' | 'settings'>,
    private readonly clock: Clock,
    private readonly tell: (notice: Notice) => void,
    rules: readonly Rule[] = RULES,
  ) {
    this.board = new AlarmBoard(rules);
    this.roll = new NodeRoll(store.settings, push, push.node);
  }

  start(): void {
    this.looking = this.look();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.looking;
    // Where it cannot say good-bye it will be missed.
    await this.roll.leave().catch(() => undefined);
  }

  private async look(): Promise<void> {
    const readings = await readAll(this.push, this.store, async () => {
      const { lost, isFirst } = await this.roll.call();
      this.isFirst = isFirst;
      return lost;
    });
    for (const notice of this.board.judge(readings)) if (this.isMine(notice)) this.tell(notice);
    if (!this.stopped) this.timer = this.clock.after(LOOK_MS, () => void (this.looking = this.look()));
  }

  private isMine({ rule, about }: Notice): boolean {
    return this.isFirst || !SHARED.includes(rule) || about === OWN_QUEUE;
  }
}
