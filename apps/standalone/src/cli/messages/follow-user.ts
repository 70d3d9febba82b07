import { PushClient, type PushFrame } from 'push-client';
import { nodeSocket } from 'push-client/node';

export interface FollowWish {
  readonly user: string;
  readonly device: string;
  /** Of the server; ends with a slash. */
  readonly url: URL;
  readonly follow: readonly string[];
  readonly startFrom?: 'head' | 'start';
  /** From whoever may ask for one. */
  readonly token: () => Promise<string>;
  readonly shown: (message: PushFrame) => void;
  readonly note: (text: string) => void;
  /** It cannot go on. */
  readonly fail: (text: string) => void;
}

/** A device in a terminal: what arrives is shown, and acknowledged. Connected until it is closed. */
export function followUser(wish: FollowWish): PushClient {
  const { user, device, url, follow, shown, note, fail } = wish;
  const socketUrl = new URL('v1/ws', url);
  socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const client = new PushClient({
    url: socketUrl.href,
    device,
    follow,
    startFrom: wish.startFrom ?? 'head',
    socket: nodeSocket(),
    token: wish.token,
    // A terminal has somebody waiting in front of it.
    backoff: { baseMs: 250, capMs: 5_000 },
  });

  let connectedBefore = false;
  client.on('message', shown);
  client.on('gap', ({ s, from, to }) => note(`${s}: ${from} to ${to} are not kept any more`));
  client.on('reset', ({ stream }) => note(`${stream} began anew`));
  client.on('connected', ({ streams }) => {
    const found = [...new Set(Object.values(streams).map(({ recovery }) => recovery))].join(', ');
    note(connectedBefore ? `resumed: ${found}` : `connected as ${user}, device ${device}; Ctrl-C ends`);
    connectedBefore = true;
  });
  client.on('disconnected', ({ code, reason, reconnect, wasConnected }) => {
    if (!reconnect) return;
    const why = reason || (code === 1006 ? 'link broken' : `code ${code}`);
    note(wasConnected ? `connection lost (${why}), trying again` : 'no connection, trying again');
  });
  client.on('error', ({ code, message, cause }) => {
    if (code === 'CLIENT_REFUSED') return fail(message);
    note(`${message}${cause instanceof Error ? `: ${cause.message}` : ''}`);
  });
  return client;
}

export function messageText({ s, seq, type, thread, data, at }: PushFrame): string {
  const when = new Date(at).toTimeString().slice(0, 8);
  const where = thread === undefined ? '' : ` in ${thread}`;
  return `${when}  ${s} #${seq}  ${type}${where}  ${data === undefined ? '' : JSON.stringify(data)}`.trimEnd();
}
