import { useLayoutEffect, useRef } from 'preact/hooks';
import { preciseClock } from '../../i18n/times';
import { words } from '../../i18n/words';
import { log } from '../../lab/log';
import './log-view.css';

/** The newest at the top: nobody has to scroll while it runs. */
export function LogView() {
  const lines = log.value;
  const list = useRef<HTMLOListElement>(null);
  const opened = useRef(Date.now());
  useLayoutEffect(() => {
    const view = list.current?.parentElement;
    if (view != null && view.scrollTop < 40) view.scrollTop = 0;
  }, [lines]);
  if (lines.length === 0) return <p class="lab-quiet">{words.value.lab.quiet}</p>;
  return (
    <ol class="log" ref={list} data-testid="lab-log">
      {lines.toReversed().map(({ id, at, kind, text, tone }) => (
        <li key={id} data-kind={kind} data-tone={tone} data-new={at > opened.current}>
          <time>{preciseClock(at)}</time>
          <b>{kind}</b>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}
