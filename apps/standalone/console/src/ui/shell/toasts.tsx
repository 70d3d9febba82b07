import { toasts } from '../../state/toast';

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite" data-testid="toasts">
      {toasts.value.map(({ id, text, tone }) => (
        <p class="toast" key={id} data-tone={tone}>
          {text}
        </p>
      ))}
    </div>
  );
}
