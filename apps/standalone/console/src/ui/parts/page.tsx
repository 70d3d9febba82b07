import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../../i18n/words';
import { Code } from './show';
import { Link } from './link';

interface PageProps {
  readonly title: ComponentChildren;
  /** What the window is called, where `title` is more than text. */
  readonly name?: string;
  readonly lead?: ComponentChildren;
  readonly crumb?: { readonly to: string; readonly text: string };
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page begins with its heading, and so does whoever listens to it: the heading takes the focus when the page is gone to. */
export function Page({ title, name, lead, crumb, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const called = name ?? (typeof title === 'string' ? title : '');
  useEffect(() => {
    document.title = `${called} · ${words.value.shell.name}`;
  }, [called, words.value]);
  useEffect(() => {
    // Not on the first page of a visit, and not away from a field that asked for the focus itself.
    if (document.activeElement === document.body || document.activeElement?.closest('nav, dialog'))
      heading.current?.focus();
  }, []);
  return (
    <>
      <header class="page-head">
        <div>
          {crumb && (
            <Link to={crumb.to} class="crumb">
              ← {crumb.text}
            </Link>
          )}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p>{lead}</p>}
        </div>
        {actions && <div class="buttons">{actions}</div>}
      </header>
      {children}
    </>
  );
}

interface SectionProps {
  readonly title: ComponentChildren;
  readonly lead?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly testId?: string;
  readonly children: ComponentChildren;
}

export function Section({ title, lead, actions, testId, children }: SectionProps) {
  return (
    <section class="section" data-testid={testId}>
      <div class="section-head">
        <div>
          <h2>{title}</h2>
          {lead && <p>{lead}</p>}
        </div>
        {actions && <div class="buttons">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly lead: string;
  /** The one call that gets there. */
  readonly code?: string;
  readonly children?: ComponentChildren;
}

/** Nothing there: what it would be, and the one step to get it. */
export function Empty({ title, lead, code, children }: EmptyProps) {
  return (
    <div class="empty" data-testid="empty">
      <span class="empty-mark" aria-hidden="true">
        <i />
        <i />
        <i />
        <i />
      </span>
      <h2>{title}</h2>
      <p>{lead}</p>
      {code !== undefined && <Code text={code} />}
      {children}
    </div>
  );
}
