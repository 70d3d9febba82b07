// node dist/client.js http://127.0.0.1:3000 bob phone
import { PushClient } from 'push-client';
import { nodeSocket } from 'push-client/node';
import type { Message } from './chat/message';

const [url = 'http://127.0.0.1:3000', user = 'bob', device = 'phone'] = process.argv.slice(2);

async function token(): Promise<string> {
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user }),
  });
  return ((await answer.json()) as { token: string }).token;
}

const client = new PushClient({
  url: `${url.replace('http', 'ws')}/v1/ws`,
  token,
  device,
  socket: nodeSocket(),
});
client.on('message', ({ data }) => {
  const { from, text } = data as Message;
  console.log(`${from}: ${text}`);
});
client.on('error', (error) => console.error(error));
client.connect().then(
  () => console.log('connected'),
  (error) => console.error(error),
);
