import type { ComponentChildren } from 'preact';
import { go } from '../../state/route';

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly current?: boolean;
  readonly testId?: string;
  readonly children: ComponentChildren;
}

/** A link inside the console. With a modifier key it is the browser's: a new tab, a new window. */
export function Link({ to, current, testId, children, class: look }: LinkProps) {
  function follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  }
  return (
    <a
      href={to}
      class={look}
      data-testid={testId}
      aria-current={current === true ? 'page' : undefined}
      onClick={follow}
    >
      {children}
    </a>
  );
}
