import { computed, effect, signal } from '@preact/signals';
import { storage } from './storage';

export type Theme = 'light' | 'dark';
export type Language = 'en' | 'zh';

const systemIsDark = matching('(prefers-color-scheme: dark)');
/** Narrow enough that the pages are listed behind a button. */
export const isNarrow = matching('(max-width: 899px)');
export const isCalm = matching('(prefers-reduced-motion: reduce)');

/** Undefined: as the system has it. */
export const chosenTheme = signal(storage.read('theme') as Theme | undefined);
export const chosenLanguage = signal(storage.read('language') as Language | undefined);

export const theme = computed<Theme>(() => chosenTheme.value ?? (systemIsDark.value ? 'dark' : 'light'));
export const language = computed<Language>(
  () => chosenLanguage.value ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'),
);

export function toggleTheme(): void {
  chosenTheme.value = theme.value === 'dark' ? 'light' : 'dark';
}

export function toggleLanguage(): void {
  chosenLanguage.value = language.value === 'zh' ? 'en' : 'zh';
}

effect(() => storage.write('theme', chosenTheme.value));
effect(() => storage.write('language', chosenLanguage.value));
effect(() => {
  document.documentElement.dataset.theme = theme.value;
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
});

function matching(query: string) {
  const media = matchMedia(query);
  const matches = signal(media.matches);
  media.addEventListener('change', () => (matches.value = media.matches));
  return matches;
}
