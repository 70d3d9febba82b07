/** A notification as the server sent it. What a user wrote is in `title`, `body`, `image` and `data`. */
export interface ShowPush {
  readonly do: 'show';
  /** One name through every repetition. */
  readonly id: string;
  readonly title?: string;
  readonly body?: string;
  readonly image?: string;
  /** The user's unread count. */
  readonly badge?: number;
  readonly category?: string;
  readonly tag?: string;
  /** The text is to be fetched and filled in (privacy `id-only`): see `fill`. */
  readonly mutable: boolean;
  /** `id` (the message's), `stream`, `seq`, `type`, `thread`; with privacy `full` the message's `data`, as JSON. */
  readonly data: Readonly<Record<string, string>>;
}

/** One that was shown is to go away: read or acknowledged elsewhere, or recalled. */
export interface ClosePush {
  readonly do: 'close';
  readonly id: string;
  readonly tag?: string;
  readonly badge?: number;
}

/** Undefined where it is none of ours: another sender's, or of a later version. */
export function readPush(text: string): ShowPush | ClosePush | undefined {
  const given = parsed(text);
  if (given?.v !== 1 || typeof given.id !== 'string' || given.id === '') return undefined;
  const badge = typeof given.badge === 'number' && given.badge >= 0 ? given.badge : undefined;
  const base = { id: given.id, tag: words(given.tag), badge };
  if (given.do === 'close') return { ...base, do: 'close' };
  if (given.do !== 'show') return undefined;
  return {
    ...base,
    do: 'show',
    title: words(given.title),
    body: words(given.body),
    image: words(given.image),
    category: words(given.category),
    mutable: given.mutable === true,
    data: strings(given.data),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const words = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function strings(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
