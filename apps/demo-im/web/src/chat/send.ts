import { api } from '../api/calls';
import { Refused } from '../api/request';
import { dropOutgoing, keepOutgoing, outbox, type Outgoing } from '../state/outbox';
import { countMessage } from '../state/rooms';
import { session } from '../state/session';
import { putMessage } from '../state/threads';

const PAUSE = { baseMs: 1_000, capMs: 15_000 };

let isSending = false;
let attempt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shown and kept at once; on its way as soon as there is one. */
export function send(roomId: string, text: string): void {
  keepOutgoing({ clientId: crypto.randomUUID(), roomId, text, at: Date.now() });
  wakeSender();
}

/** The user wants a refused one to be tried again. */
export function sendAgain({ clientId, roomId, text }: Outgoing): void {
  keepOutgoing({ clientId, roomId, text, at: Date.now() });
  wakeSender('now');
}

/**
 * One after the other, in the order of writing. What is not answered is asked again with the same `clientId`, which the server counts
 * once: a request whose answer got lost makes no second message.
 */
export function wakeSender(when?: 'now'): void {
  if (when === 'now') {
    attempt = 0;
    clearTimeout(timer);
    timer = undefined;
  }
  if (timer === undefined && !isSending) void run();
}

async function run(): Promise<void> {
  isSending = true;
  try {
    for (let next = first(); next !== undefined; next = first()) {
      if (await deliver(next)) continue;
      const pauseMs = Math.min(PAUSE.capMs, PAUSE.baseMs * 2 ** attempt);
      attempt += 1;
      timer = setTimeout(() => {
        timer = undefined;
        wakeSender();
      }, pauseMs);
      return;
    }
  } finally {
    isSending = false;
  }
}

const first = (): Outgoing | undefined =>
  session.value === undefined ? undefined : outbox.value.find(({ failed }) => failed === undefined);

/** False: nobody knows what became of it. */
async function deliver(outgoing: Outgoing): Promise<boolean> {
  const { roomId, text, clientId } = outgoing;
  try {
    const message = await api.send(roomId, text, clientId);
    attempt = 0;
    putMessage(message);
    countMessage(message);
    dropOutgoing(clientId);
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) return false;
    if (session.value === undefined) return true;
    keepOutgoing({ ...outgoing, failed: error.message });
    return true;
  }
}
