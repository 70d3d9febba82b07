import { signal } from '@preact/signals';

/** What is typed into the form. It stays while one looks at another page. */
export interface Draft {
  readonly users: string;
  readonly topics: string;
  readonly devices: string;
  readonly all: boolean;
  readonly type: string;
  readonly thread: string;
  readonly data: string;
  readonly withNotification: boolean;
  readonly title: string;
  readonly body: string;
  readonly category: string;
  readonly ttl: string;
  readonly priority: '' | 'high' | 'normal';
  readonly collapseKey: string;
  readonly sendAt: string;
  readonly mode: '' | 'fallback' | 'always' | 'never';
  readonly waitMs: string;
  readonly volatile: boolean;
  readonly idempotencyKey: string;
}

const EMPTY: Draft = {
  users: '',
  topics: '',
  devices: '',
  all: false,
  type: 'test.hello',
  thread: '',
  data: '{\n  "text": "Hello"\n}',
  withNotification: false,
  title: '',
  body: '',
  category: '',
  ttl: '',
  priority: '',
  collapseKey: '',
  sendAt: '',
  mode: '',
  waitMs: '',
  volatile: false,
  idempotencyKey: '',
};

export const draft = signal<Draft>(EMPTY);

export type DraftProblem =
  | { readonly field: 'data'; readonly why: string }
  | { readonly field: 'devices'; readonly line: string }
  | { readonly field: 'to' };

export interface Judged {
  readonly body: Readonly<Record<string, unknown>>;
  readonly problems: readonly DraftProblem[];
}

const names = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))];
const whole = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text));
/** Without what is not said. */
const said = (values: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined => {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined && value !== '' && value !== false);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

/** The publish a draft stands for, as far as it can be read. The server judges the rest. */
export function judge(of: Draft): Judged {
  const problems: DraftProblem[] = [];
  const devices = of.devices
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .flatMap((line) => {
      const [user, device, ...more] = line.split(/\s+/);
      if (user !== undefined && device !== undefined && more.length === 0) return [{ user, device }];
      problems.push({ field: 'devices', line });
      return [];
    });
  const [users, topics] = [names(of.users), names(of.topics)];
  const to = said({
    users: users.length > 0 ? users : undefined,
    topics: topics.length > 0 ? topics : undefined,
    devices: devices.length > 0 ? devices : undefined,
    all: of.all,
  });
  if (to === undefined) problems.push({ field: 'to' });

  let data: unknown;
  try {
    if (of.data.trim() !== '') data = JSON.parse(of.data);
  } catch (error) {
    problems.push({ field: 'data', why: error instanceof Error ? error.message : String(error) });
  }
  const at = of.sendAt === '' ? undefined : new Date(of.sendAt).getTime();
  const offline = said({ mode: of.mode, waitMs: whole(of.waitMs) });
  const options = said({
    ttl: whole(of.ttl),
    priority: of.priority,
    collapseKey: of.collapseKey.trim(),
    sendAt: at,
    volatile: of.volatile,
    offline,
  });
  const notification = of.withNotification
    ? (said({ title: of.title, body: of.body, category: of.category.trim() }) ?? {})
    : undefined;
  const body = {
    to: to ?? {},
    type: of.type.trim(),
    ...(of.thread.trim() === '' ? {} : { thread: of.thread.trim() }),
    ...(data === undefined ? {} : { data }),
    ...(notification === undefined ? {} : { notification }),
    ...(options === undefined ? {} : { options }),
  };
  return { body, problems };
}
