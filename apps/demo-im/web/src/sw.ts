import { installPush, reportTo, type PushWorker } from 'push-client/webpush';
import { readLogin } from './webpush/login-note';

/** The service worker: shows notifications while no page is open, and leads to the room when one is clicked. */
const worker = globalThis as unknown as PushWorker & { skipWaiting(): Promise<void> };

installPush(worker, {
  open: ({ data }) => (data.thread === undefined ? '/' : `/#/rooms/${encodeURIComponent(data.thread)}`),
  opened: async (push) => {
    const login = await readLogin();
    if (login !== undefined) await reportTo({ url: location.origin, ...login }).opened(push);
  },
  register: async (token) => {
    const login = await readLogin();
    if (login === undefined) return;
    await fetch(`/api/devices/${encodeURIComponent(login.device)}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${login.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ platform: 'web', tokens: [{ provider: 'webpush', token }] }),
    });
  },
  icon: '/icon.svg',
});

worker.addEventListener('install', () => void worker.skipWaiting());
