import { effect } from '@preact/signals';
import { words } from '../i18n/words';
import { totalUnread } from '../state/rooms';

const LOOK =
  "<rect width='64' height='64' rx='17' fill='#2b5bd7'/><path d='M14 30c0-8.8 8-15 18-15s18 6.2 18 15-8 15-18 15c-2.4 0-4.6-.3-6.7-1L16 49l2.4-8.2C15.7 38 14 34.2 14 30Z' fill='#fff'/>";
const BADGE = "<circle cx='46' cy='18' r='17' fill='#e5484d' stroke='#fff' stroke-width='3'/>";

/** What waits is told where the page itself is not seen: in the title and the picture of its tab. */
export function showUnreadOutside(): void {
  effect(() => {
    const unread = totalUnread.value;
    const { name } = words.value;
    document.title = unread > 0 ? `(${unread}) ${name}` : name;
    const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
    if (link !== null) link.href = unread > 0 ? pictureOf(unread) : '/icon.svg';
  });
}

function pictureOf(unread: number): string {
  const text = unread > 99 ? '99' : `${unread}`;
  const style = `x='46' y='${text.length > 1 ? 25 : 26}' font-size='${text.length > 1 ? 20 : 23}'`;
  const number = `<text ${style} text-anchor='middle' font-family='sans-serif' font-weight='700' fill='#fff'>${text}</text>`;
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'>${LOOK}${BADGE}${number}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
