import { systemClock } from '../../clock/system-clock.js';
import { isPushError } from '../../errors.js';
import { CURSOR_LIMITS, decodeCursor, encodeCursor } from './cursor.js';
import { mutate } from './mutate.fixture.js';

/** Reads `count` mutated cursors and throws at the first that is neither refused by its field nor read as what it says. */
export function judgeMutations(count: number, seed: number, random: () => number): { read: number; refused: number } {
  const seen = { read: 0, refused: 0 };
  for (let i = 0; i < count; i++) {
    const text = mutate(random);
    const verdict = judge(text);
    if (verdict !== 'read' && verdict !== 'refused') {
      throw new Error(`seed ${seed}, cursor ${i}: ${verdict.fault}: ${JSON.stringify(text.slice(0, 300))}`);
    }
    seen[verdict]++;
  }
  return seen;
}

type Verdict = 'read' | 'refused' | { readonly fault: string };

function judge(text: string): Verdict {
  const began = systemClock.elapsed();
  const verdict = readTwice(text);
  const ms = systemClock.elapsed() - began;
  return ms > 100 ? { fault: `it takes ${Math.round(ms)} ms` } : verdict;
}

/** What is read must mean the same when it is written again. */
function readTwice(text: string): Verdict {
  try {
    const { positions, notices } = decodeCursor(text, 'after');
    if (positions.size > CURSOR_LIMITS.streams) return { fault: 'it has too many streams' };
    const again = decodeCursor(encodeCursor(positions, notices), 'after');
    for (const [name, position] of positions) {
      if (JSON.stringify(again.positions.get(name)) !== JSON.stringify(position)) return { fault: `${name} is lost` };
    }
    if ([...again.notices].join() !== [...notices].join()) return { fault: 'its notices are lost' };
    return 'read';
  } catch (error) {
    if (!isPushError(error)) return { fault: `it throws ${String(error)}` };
    if (error.code !== 'INVALID' || error.field !== 'after') return { fault: `it is refused with ${error.code}` };
    return error.message.length > 300 ? { fault: 'the refusal repeats it' } : 'refused';
  }
}
