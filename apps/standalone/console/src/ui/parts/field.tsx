import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { words } from '../../i18n/words';

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string;
  readonly isOptional?: boolean;
  readonly children: (wiring: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': 'true' | undefined;
  }) => ComponentChildren;
}

/** A label, its control, and what is wrong with it: joined so that everybody is told. */
export function Field({ label, hint, error, isOptional, children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>
        {label}
        {isOptional === true && <span class="field-hint">{words.value.act.optional}</span>}
        {hint && (
          <span class="field-hint" id={`${id}-hint`}>
            {hint}
          </span>
        )}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? 'true' : undefined })}
      {error && (
        <span class="field-error" id={`${id}-error`} role="alert">
          {error}
        </span>
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'password' | 'number' | 'datetime-local' | 'search';
  readonly placeholder?: string;
  readonly testId?: string;
  readonly isRequired?: boolean;
  readonly autoComplete?: string;
  readonly inputMode?: 'numeric' | 'text';
  readonly min?: number;
  readonly max?: number;
  readonly maxLength?: number;
  readonly hasFocus?: boolean;
  readonly isSearch?: boolean;
  readonly isMono?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { value, onValue, type = 'text', testId, isRequired, hasFocus, isSearch, isMono, ...rest } = props;
  const { label, hint, error, isOptional, ...control } = rest;
  // The types of JSX tell inputs apart by it; ours are all alike in what is set here.
  const kind = type as 'text';
  return (
    <Field label={label} hint={hint} error={error} isOptional={isOptional}>
      {(wiring) => (
        <input
          {...wiring}
          {...control}
          type={kind}
          value={value}
          required={isRequired}
          autofocus={hasFocus}
          data-testid={testId}
          data-search={isSearch === true ? '' : undefined}
          class={isMono === true ? 'mono' : undefined}
          spellcheck={false}
          autocapitalize="off"
          autocomplete={props.autoComplete ?? 'off'}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface AreaFieldProps extends Omit<FieldProps, 'children'> {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly rows?: number;
  readonly testId?: string;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
}

export function AreaField({ value, onValue, rows = 3, testId, placeholder, isRequired, ...rest }: AreaFieldProps) {
  return (
    <Field {...rest}>
      {(wiring) => (
        <textarea
          {...wiring}
          class="mono"
          rows={rows}
          value={value}
          required={isRequired}
          placeholder={placeholder}
          data-testid={testId}
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface SelectFieldProps<T extends string> extends Omit<FieldProps, 'children'> {
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onValue: (value: T) => void;
  readonly testId?: string;
}

export function SelectField<T extends string>({ value, options, onValue, testId, ...rest }: SelectFieldProps<T>) {
  return (
    <Field {...rest}>
      {(wiring) => (
        <select
          {...wiring}
          value={value}
          data-testid={testId}
          onChange={(event) => onValue(event.currentTarget.value as T)}
        >
          {options.map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface CheckFieldProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => void;
  readonly testId?: string;
}

export function CheckField({ label, isOn, onSwitch, testId }: CheckFieldProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isOn}
        data-testid={testId}
        onChange={(event) => onSwitch(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onValue: (value: T) => void;
}

export function Choice<T extends string>({ label, value, options, onValue }: ChoiceProps<T>) {
  return (
    <div class="choice" role="group" aria-label={label}>
      {options.map(([name, text]) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === value}
          data-testid={`choice-${name}`}
          onClick={() => onValue(name)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
