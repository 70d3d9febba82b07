import { reportTo } from './report.js';
import type { ShowPush } from './payload.js';

const push: ShowPush = { do: 'show', id: 'n1', mutable: false, data: { id: 'm1', stream: '@me', seq: '42' } };

function setUp(status = 204) {
  const fetch = jest.fn(async (_url: string, _init: { headers: Record<string, string>; body: string }) => ({
    ok: status < 300,
    status,
  }));
  return { fetch, ...reportTo({ url: 'https://push.example', device: 'd 1', token: async () => 'jwt', fetch }) };
}

it('tells what was opened, and acknowledges', async () => {
  const { fetch, opened, acknowledge } = setUp();
  await opened(push);
  await acknowledge(push);
  expect(fetch.mock.calls.map(([url, { body }]) => [url, JSON.parse(body)])).toEqual([
    ['https://push.example/v1/notifications/opened?device=d%201', { id: 'm1' }],
    ['https://push.example/v1/ack?device=d%201', { s: '@me', seq: 42 }],
  ]);
  expect(fetch.mock.calls[0]?.[1].headers.authorization).toBe('Bearer jwt');
});

it('rejects where the server does not take it', async () => {
  await expect(setUp(401).opened(push)).rejects.toThrow('401');
});
