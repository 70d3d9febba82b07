import type { ComponentChildren } from 'preact';
import './icon-button.css';

interface Props {
  label: string;
  onClick: () => void;
  children: ComponentChildren;
  testId?: string;
  state?: string;
  isPressed?: boolean;
  isDisabled?: boolean;
  tabIndex?: number;
}

/** A button without words on it, which therefore says them in its label. */
export function IconButton({ label, onClick, children, testId, state, isPressed, isDisabled, tabIndex }: Props) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      disabled={isDisabled}
      tabIndex={tabIndex}
      data-testid={testId}
      data-state={state}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
