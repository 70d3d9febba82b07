#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { followUser, messageText } from './cli/messages/follow-user.js';

const HELP = `Shows a user's messages as they arrive, and acknowledges them.

  PUSH_KEY=<API key> npm run listen -- <user> [options]

  --device <id>     the device this is (default: terminal)
  --url <url>       the server (default: $PUSH_URL, or http://127.0.0.1:7400)
  --follow <topic>  follow a topic too; may be repeated
  --help            this text

Started again with the same device it continues after the last message shown.
`;

interface Wish {
  readonly user: string;
  readonly device: string;
  readonly url: URL;
  readonly follow: readonly string[];
  readonly key: string;
}

await listen(wishOrExit());

async function listen(wish: Wish): Promise<void> {
  const { user, device, url, follow } = wish;
  const client = followUser({
    user,
    device,
    url,
    follow,
    token: () => getToken(wish),
    shown: (message) => say(messageText(message)),
    note,
    fail,
  });
  const end = () => void client.close().then(() => process.exit(0));
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  await client.connect();
}

/** From the server itself; a real application gets it from its own backend. */
async function getToken({ user, device, url, follow, key }: Wish): Promise<string> {
  const answer = await fetch(new URL('v1/tokens', url), {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ user, device, topics: follow.length > 0 ? follow : undefined }),
  }).catch((error: unknown) => {
    throw new Error(`no answer from ${url.origin}`, { cause: error });
  });
  const body = (await answer.json().catch(() => ({}))) as { token?: string; detail?: string };
  if (answer.ok && body.token) return body.token;
  const why = body.detail ?? `status ${answer.status}`;
  // Asking again would not help.
  if (answer.status === 401 || answer.status === 403 || answer.status === 400) fail(`PUSH_KEY: ${why}`);
  throw new Error(why);
}

function wishOrExit(): Wish {
  const { values, positionals } = argumentsOrExit();
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const [user, ...more] = positionals;
  if (!user || more.length > 0) fail(`Name one user.\n\n${HELP}`);
  const key = process.env.PUSH_KEY;
  if (!key) fail('PUSH_KEY is not set: export the API key that the first start of the server printed');
  const address = values.url ?? process.env.PUSH_URL ?? 'http://127.0.0.1:7400';
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) fail(`--url: ${address} is no http address`);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { user, key, url, device: values.device, follow: values.follow };
}

function argumentsOrExit() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        device: { type: 'string', default: 'terminal' },
        url: { type: 'string' },
        follow: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function note(line: string): void {
  process.stderr.write(`· ${line}\n`);
}

function fail(message: string): never {
  process.stderr.write(`${message.trimEnd()}\n`);
  process.exit(2);
}
