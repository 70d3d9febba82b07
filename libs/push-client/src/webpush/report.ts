import type { ShowPush } from './payload.js';

export interface ReportOptions {
  /** Where the server is: `https://push.your.org`. */
  url: string;
  /** This installation's id. */
  device: string;
  /** The client's JWT, or what gets one: a service worker has no memory, keep it in IndexedDB. */
  token: string | (() => string | Promise<string>);
  /** Default: the global one. */
  fetch?: (
    url: string,
    init: { method: string; headers: Record<string, string>; body: string; keepalive: boolean },
  ) => Promise<{ readonly ok: boolean; readonly status: number }>;
}

/**
 * What a click on a notification tells the server: pass the two to `installPush`. `opened` is a receipt, and touches no cursor.
 * `acknowledge` moves the device's cursor to the message, and with it past everything before: pass it on only where the page keeps its own
 * positions (`IndexedDbCursors`) or reads what it missed from the inbox. Both reject where the server does not take it.
 */
export function reportTo(options: ReportOptions): {
  opened: (push: ShowPush) => Promise<void>;
  acknowledge: (push: ShowPush) => Promise<void>;
} {
  const { url, device, token, fetch = globalThis.fetch.bind(globalThis) } = options;

  async function post(path: string, body: object): Promise<void> {
    const bearer = typeof token === 'string' ? token : await token();
    const answer = await fetch(`${url}${path}?device=${encodeURIComponent(device)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      keepalive: true,
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  }

  return {
    opened: ({ data }) => post('/v1/notifications/opened', { id: data.id }),
    acknowledge: ({ data }) => post('/v1/ack', { s: data.stream, seq: Number(data.seq) }),
  };
}
