import type { Limits, Retention, Role } from '../../options.js';
import type { Store } from '../../store/store.js';
import type { SharedFrame } from '../../transports/shared-frame.js';
import type { ServerFrame } from '../../wire.js';
import type { Checker } from './checker.js';
import type { Dice } from './dice.js';
import type { Faults } from './faults.js';
import type { Sabotage } from './sabotage.js';
import type { Timeline } from './timeline.js';
import type { Trace } from './trace.js';

/** Subscribed by every user from the beginning: what the checker holds to all rules. */
export const NEWS = 'news';
/** Users are subscribed to it and taken off again. */
export const ROOM = 'room';
/** Devices follow it and leave it. */
export const SIDE = 'side';

export const isChurning = (stream: string): boolean => stream === ROOM || stream === SIDE;

/** What the parts of one simulation share. */
export interface World {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly checker: Checker;
  readonly dice: Dice;
  readonly store: Store;
  readonly limits: Partial<Limits>;
  readonly retention: Partial<Retention>;
  readonly sabotage?: Sabotage;
  /** What each node does. */
  readonly layout: readonly (readonly Role[])[];
  /** The store tells the time, and engines know it up to this; without, each goes by its own clock. */
  readonly clockErrorMs?: number;
  /** What goes wrong at present. */
  faults: Faults;
  /** Every text is parsed once, whatever the number of links it is sent over. */
  readonly parsed: WeakMap<SharedFrame, readonly ServerFrame[]>;
  /** A fault took effect. */
  fault(name: string): void;
}

export function parse(world: World, frame: SharedFrame): readonly ServerFrame[] {
  let frames = world.parsed.get(frame);
  if (!frames) {
    frames = frame.text.split('\n').map((line) => JSON.parse(line) as ServerFrame);
    world.parsed.set(frame, frames);
  }
  return frames;
}
