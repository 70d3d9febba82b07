import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { FAILED, misuse } from '../cli-error.js';
import { pairs, type Output } from '../output.js';
import { segment, type ServerCall } from '../server-call.js';
import { tell, type Explanation } from './explain.js';

export interface SendOptions {
  readonly user?: readonly string[];
  readonly topic?: readonly string[];
  readonly device?: readonly string[];
  readonly all?: boolean;
  readonly type?: string;
  readonly thread?: string;
  readonly data?: string;
  readonly title?: string;
  readonly body?: string;
  /** Milliseconds. */
  readonly ttl?: number;
  /** Unix milliseconds. */
  readonly sendAt?: number;
  readonly priority?: string;
  readonly collapseKey?: string;
  readonly offline?: string;
  readonly volatile?: boolean;
  readonly idempotencyKey?: string;
  /** Milliseconds. */
  readonly wait?: number;
}

type Fields = Record<string, unknown>;
interface Accepted {
  readonly id: string;
  readonly acceptedAt: number;
  readonly duplicate: boolean;
}
interface Report {
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
}

const LOOK_EVERY_MS = 200;

/** Publishes; with `wait`, looks until everybody it is for was reached one way or the other. */
export async function send(
  file: string | undefined,
  options: SendOptions,
  server: ServerCall,
  output: Output,
): Promise<void> {
  const message = bodyOf(file, options);
  const { idempotencyKey, wait } = options;
  const answer = await server.call<Accepted>(
    'POST',
    '/v1/messages',
    message,
    {},
    idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey },
  );
  if (wait === undefined || options.volatile) {
    const once = answer.duplicate ? ' (accepted before; it counts once)' : '';
    return output.document(answer, () => `${answer.id}${once}`);
  }
  output.note(`accepted as ${answer.id}`);
  const report = await settled(server, answer.id, wait);
  const users = namedUsers(message);
  const stories: Explanation[] = [];
  for (const user of users)
    stories.push(await server.get<Explanation>(`/v1/messages/${segment(answer.id)}/explain`, { user }));
  output.document({ ...answer, state: report.state, counts: report.counts, stories }, () =>
    [pairs({ id: answer.id, state: report.state, ...report.counts }), ...stories.map((one) => tell(one, output))].join(
      '\n\n',
    ),
  );
  if (isReached(report) || report.state === 'scheduled') return;
  output.note(`It was accepted, but nobody had it after ${wait} ms; push explain ${answer.id} --user … says why`);
  process.exitCode = FAILED;
}

async function settled(server: ServerCall, id: string, waitMs: number): Promise<Report> {
  for (const until = Date.now() + waitMs; ;) {
    const report = await server.get<Report>(`/v1/messages/${segment(id)}`);
    if (isReached(report) || report.state === 'scheduled' || Date.now() >= until) return report;
    await delay(LOOK_EVERY_MS);
  }
}

function isReached({ state, counts }: Report): boolean {
  if (state === 'delivered') return true;
  const { recipients = 0, delivered = 0, notified = 0 } = counts;
  return recipients > 0 && delivered + notified >= recipients;
}

function namedUsers({ to }: Fields): readonly string[] {
  const { users, devices } = (to ?? {}) as { users?: string[]; devices?: { user: string }[] };
  return [...new Set([...(users ?? []), ...(devices ?? []).map(({ user }) => user)])].slice(0, 10);
}

/** What the file says, changed by what the options say. */
function bodyOf(file: string | undefined, given: SendOptions): Fields {
  const base = file === undefined ? {} : fromFile(file);
  const to = { ...(base.to as Fields | undefined), ...audienceOf(given) };
  const notification = {
    ...(base.notification as Fields | undefined),
    ...fields({ title: given.title, body: given.body }),
  };
  const options = {
    ...(base.options as Fields | undefined),
    ...fields({
      ttl: given.ttl === undefined ? undefined : Math.ceil(given.ttl / 1000),
      sendAt: given.sendAt,
      priority: given.priority,
      collapseKey: given.collapseKey,
      offline: given.offline === undefined ? undefined : { mode: given.offline },
      volatile: given.volatile,
    }),
  };
  const data = given.data === undefined ? undefined : jsonOf('--data', given.data);
  const body: Fields = { ...base, to, ...fields({ type: given.type, thread: given.thread, data }) };
  if (Object.keys(notification).length > 0) body.notification = notification;
  if (Object.keys(options).length > 0) body.options = options;
  if (Object.keys(to).length === 0) throw misuse('--user', 'say who it is for: --user, --topic, --device or --all');
  if (body.type === undefined) throw misuse('--type', 'say what kind of message it is, for example --type greeting');
  return body;
}

function audienceOf({ user, topic, device, all }: SendOptions): Fields {
  const devices = device?.map((text) => {
    const [, of, name] = /^(.+)\/([^/]+)$/.exec(text) ?? [];
    if (of === undefined) throw misuse('--device', `${JSON.stringify(text)} names no device; write user/device`);
    return { user: of, device: name };
  });
  return fields({ users: user, topics: topic, devices, all });
}

function fromFile(file: string): Fields {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw misuse('file', `cannot read ${file}: ${(error as Error).message}`);
  }
  const body = jsonOf('file', text);
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Fields;
  throw misuse('file', 'holds no JSON object; give a publish body, for example {"to":{"users":["ann"]},"type":"x"}');
}

function jsonOf(field: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw misuse(field, `is no JSON (${(error as Error).message}); texts stand in double quotes`);
  }
}

const fields = (values: Fields): Fields =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
