import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Line } from '../../chat/lines';

/** Nearer than this to an end counts as there. Pixels. */
const AT_BOTTOM = 80;
const NEAR_TOP = 240;

/**
 * Where a list of messages stands: at the newest, unless somebody reads further up. Then what comes below or above does not move what is
 * being read.
 */
export function useScroll(lines: readonly Line[], isLoaded: boolean, onNearTop: () => void) {
  const scroller = useRef<HTMLDivElement>(null);
  const isAtBottom = useSignal(true);
  const below = useSignal(0);
  const before = useRef({ first: '', last: '', count: 0, fromBottom: 0, isPlaced: false });

  function toBottom(behavior: ScrollBehavior = 'auto'): void {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight, behavior });
    below.value = 0;
  }

  function scrolled(): void {
    const list = scroller.current;
    if (list === null) return;
    before.current.fromBottom = list.scrollHeight - list.scrollTop;
    isAtBottom.value = before.current.fromBottom - list.clientHeight < AT_BOTTOM;
    if (isAtBottom.value) below.value = 0;
    if (list.scrollTop < NEAR_TOP) onNearTop();
  }

  useLayoutEffect(() => {
    const list = scroller.current;
    const then = before.current;
    const [first, last] = [lines[0], lines.at(-1)];
    if (list === null || last === undefined) return;
    if (!then.isPlaced) {
      const mark = list.querySelector<HTMLElement>('[data-unread-mark]');
      if (mark === null) toBottom();
      else list.scrollTop = mark.offsetTop - 80;
      then.isPlaced = isLoaded;
    } else if (last.key !== then.last) {
      if (last.isMine || isAtBottom.value) toBottom();
      else below.value += Math.max(1, lines.length - then.count);
    } else if (first?.key !== then.first) list.scrollTop = list.scrollHeight - then.fromBottom;
    Object.assign(then, { first: first?.key, last: last.key, count: lines.length });
    then.fromBottom = list.scrollHeight - list.scrollTop;
  }, [lines, isLoaded]);

  // A keyboard that comes up, a panel that opens: the newest stays in sight.
  useEffect(() => {
    const list = scroller.current;
    if (list === null) return;
    const observer = new ResizeObserver(() => isAtBottom.value && toBottom());
    observer.observe(list);
    return () => observer.disconnect();
  }, []);

  return { scroller, isAtBottom, below, scrolled, toBottom };
}
