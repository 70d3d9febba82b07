import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../../state/use-action';
import { words } from '../../i18n/words';
import { TextField } from './field';
import { ProblemNote } from './problem-note';

interface DialogProps {
  readonly title: string;
  readonly lead?: string;
  readonly onClose: () => void;
  /** It may not be left by Esc: what it shows is shown once. */
  readonly mustAnswer?: boolean;
  readonly testId?: string;
  readonly children: ComponentChildren;
}

/** A modal dialog of the browser: it keeps the focus, Esc closes it, and the focus goes back to where it was. */
export function Dialog({ title, lead, onClose, mustAnswer, testId, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      data-testid={testId}
      onCancel={(event) => {
        if (mustAnswer === true) event.preventDefault();
      }}
      onClose={onClose}
    >
      <h2 id={id}>{title}</h2>
      {lead !== undefined && <p class="dialog-lead">{lead}</p>}
      {children}
    </dialog>
  );
}

interface FormDialogProps {
  readonly title: string;
  readonly lead?: string;
  readonly submit: string;
  readonly isBad?: boolean;
  readonly isReady?: boolean;
  readonly onClose: () => void;
  /** Resolves when it is done; then the dialog closes. */
  readonly onSubmit: () => Promise<unknown>;
  readonly children?: ComponentChildren;
}

export function FormDialog({
  title,
  lead,
  submit,
  isBad,
  isReady = true,
  onClose,
  onSubmit,
  children,
}: FormDialogProps) {
  const action = useAction(async () => {
    await onSubmit();
    onClose();
  });
  return (
    <Dialog title={title} lead={lead} onClose={onClose} testId="dialog">
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void action.run();
        }}
      >
        {children}
        <ProblemNote error={action.problem} />
        <div class="buttons">
          <button type="button" class="button" onClick={onClose}>
            {words.value.act.cancel}
          </button>
          <button
            type="submit"
            class={`button button-primary ${isBad === true ? 'button-bad' : ''}`}
            data-testid="dialog-submit"
            disabled={action.isBusy || !isReady}
          >
            {submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface ConfirmProps extends Omit<FormDialogProps, 'isReady' | 'children'> {
  /** Has to be typed: for what cannot be taken back. */
  readonly phrase?: string;
}

export function Confirm({ phrase, ...rest }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  return (
    <FormDialog {...rest} isReady={phrase === undefined || typed === phrase}>
      {phrase !== undefined && (
        <TextField
          label={words.value.act.typeToConfirm(phrase)}
          value={typed}
          onValue={setTyped}
          testId="confirm-phrase"
        />
      )}
    </FormDialog>
  );
}
