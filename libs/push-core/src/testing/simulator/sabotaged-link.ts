import type { ClientFrame, ServerFrame } from '../../wire.js';
import type { Sabotage } from './sabotage.js';

/** What the planted fault makes of what the server sends. `acknowledge` speaks in the client's place. */
export function sabotagedDown(
  sabotage: Sabotage | undefined,
  frames: readonly ServerFrame[],
  acknowledge: (frame: ClientFrame) => void,
): readonly ServerFrame[] {
  switch (sabotage) {
    case 'the cursor moves when a push is sent':
      for (const frame of frames) if (frame.op === 'push') acknowledge({ op: 'ack', s: frame.s, seq: frame.seq });
      return frames;
    case 'a gap is told as a skip':
      return frames.map((frame) =>
        frame.op === 'gap' ? { op: 'skip', s: frame.s, from: frame.from, to: frame.to + 1, reason: 'expired' } : frame,
      );
    case 'a message is told as a skip':
      return frames.map((frame) =>
        frame.op === 'push' && frame.seq % 7 === 0
          ? { op: 'skip', s: frame.s, from: frame.seq, to: frame.seq, reason: 'expired' }
          : frame,
      );
    default:
      return frames;
  }
}

/** … and of what the client sends. */
export function sabotagedUp(sabotage: Sabotage | undefined, frames: readonly ClientFrame[]): readonly ClientFrame[] {
  switch (sabotage) {
    case 'the window is ignored':
      return frames.map((frame) => (frame.op === 'connect' ? { ...frame, window: 1024 } : frame));
    case 'acknowledgements are ignored':
      return frames.filter((frame) => frame.op !== 'ack');
    default:
      return frames;
  }
}
