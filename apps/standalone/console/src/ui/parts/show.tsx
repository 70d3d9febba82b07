import type { ComponentChildren } from 'preact';
import { ago, dateTime } from '../../i18n/numbers';
import { words } from '../../i18n/words';
import { Copy } from './copy';
import { Link } from './link';
import { Plain, withUnseen } from './plain';

export type Tone = 'plain' | 'good' | 'wait' | 'bad' | 'told' | 'none';

export function Chip({
  tone = 'plain',
  children,
  title,
}: {
  tone?: Tone;
  children: ComponentChildren;
  title?: string;
}) {
  return (
    <span class="chip" data-tone={tone} title={title}>
      {children}
    </span>
  );
}

/** An id that can be copied; `to`: where it leads. */
export function Id({ id, to, testId }: { id: string; to?: string; testId?: string }) {
  return (
    <span class="id" title={id}>
      {to === undefined ? (
        <span data-testid={testId}>
          <Plain text={id} />
        </span>
      ) : (
        <Link to={to} testId={testId}>
          <Plain text={id} />
        </Link>
      )}
      <Copy text={id} what={id} />
    </span>
  );
}

export function When({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={dateTime(at)} class="figures">
      {ago(at)}
    </time>
  );
}

export function Code({ text, testId }: { text: string; testId?: string }) {
  return (
    <div class="code">
      <pre tabIndex={0} data-testid={testId}>
        {withUnseen(text)}
      </pre>
      <Copy text={text} />
    </div>
  );
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b/g;

/** Somebody else's JSON: coloured, and nothing but text. */
export function Json({ value, testId }: { value: unknown; testId?: string }) {
  const text = JSON.stringify(value, null, 2) ?? 'null';
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    parts.push(text.slice(from, match.index));
    const [whole, string, colon = '', word] = match;
    parts.push(
      <span key={match.index} class={word !== undefined ? 'json-word' : colon === '' ? 'json-text' : 'json-key'}>
        {withUnseen(string ?? word ?? whole)}
      </span>,
      colon,
    );
    from = match.index + whole.length;
  }
  parts.push(text.slice(from));
  return (
    <div class="code">
      <pre tabIndex={0} data-testid={testId} dir="ltr">
        {parts}
      </pre>
      <Copy text={text} />
    </div>
  );
}

interface MeterProps {
  readonly label: string;
  readonly says: string;
  /** 0–1; undefined: there is no limit to be near to. */
  readonly share: number | undefined;
}

export function Meter({ label, says, share }: MeterProps) {
  const full = share === undefined ? 0 : Math.min(1, Math.max(0, share));
  const tone = full >= 0.95 ? 'bad' : full >= 0.8 ? 'wait' : 'plain';
  return (
    <div class="meter">
      <div class="meter-head">
        <span>{label}</span>
        <span class="figures quiet">{says}</span>
      </div>
      {share !== undefined && (
        <div
          class="meter-bar"
          data-tone={tone}
          role="meter"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(full * 100)}
          aria-valuetext={says}
        >
          <span style={{ width: `${full * 100}%` }} />
        </div>
      )}
    </div>
  );
}

export function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren] | undefined | false)[] }) {
  return (
    <dl class="facts">
      {rows.map(
        (row) =>
          row && (
            <>
              <dt>{row[0]}</dt>
              <dd>{row[1]}</dd>
            </>
          ),
      )}
    </dl>
  );
}

export const roleWord = (role: string): string => {
  const { roles } = words.value.keys;
  return role in roles ? roles[role as keyof typeof roles] : role;
};
