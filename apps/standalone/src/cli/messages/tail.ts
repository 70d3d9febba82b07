import { CliError } from '../cli-error.js';
import { harmless, type Output } from '../output.js';
import type { ServerCall } from '../server-call.js';
import { followUser, messageText } from './follow-user.js';

export interface TailOptions {
  readonly device: string;
  readonly topic?: readonly string[];
  readonly fromStart?: boolean;
  readonly count?: number;
}

/** Until Ctrl-C, or so many messages. Started again with the same device it continues after the last one shown. */
export async function tail(
  user: string,
  { device, topic = [], fromStart, count = Infinity }: TailOptions,
  server: ServerCall,
  output: Output,
): Promise<void> {
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    const leave = (then: () => void): void => void client.close().then(then, then);
    const refused = (error: Error): void => leave(() => reject(error));
    const client = followUser({
      user,
      device,
      url: server.base,
      follow: topic,
      startFrom: fromStart ? 'start' : 'head',
      // From the server itself; a real application gets it from its own backend.
      token: async () => {
        try {
          const topics = topic.length > 0 ? topic : undefined;
          return (await server.call<{ token: string }>('POST', '/v1/tokens', { user, device, topics })).token;
        } catch (error) {
          // One that waiting will mend is tried again.
          if (error instanceof CliError && (error.details.status ?? 500) < 500 && error.details.status !== 429)
            refused(error);
          throw error;
        }
      },
      shown: (message) => {
        output.line(message, () => harmless(messageText(message)));
        // It is acknowledged once this has returned.
        if (++seen === count) setImmediate(() => leave(resolve));
      },
      note: (text) => output.note(`· ${text}`),
      fail: (text) => refused(new CliError(text)),
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => leave(resolve));
    void client.connect().catch(() => {});
  });
}
