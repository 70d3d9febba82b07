import { toast } from '../state/toast';
import './toast.css';

/** Says what went wrong, or how something stands, and goes away. */
export function Toast() {
  const text = toast.value;
  return (
    <div class="toast-place" role="status" aria-live="polite">
      {text !== undefined && (
        <div class="toast" key={text}>
          {text}
        </div>
      )}
    </div>
  );
}
