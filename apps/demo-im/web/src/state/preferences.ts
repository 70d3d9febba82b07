import { computed, effect, signal } from '@preact/signals';
import { storage } from './storage';

export type Theme = 'light' | 'dark';
export type Language = 'en' | 'zh';

const systemIsDark = matching('(prefers-color-scheme: dark)');
/** Narrow enough that one thing at a time is shown. */
export const isPhone = matching('(max-width: 759px)');

const chosenTheme = signal(storage.read('theme') as Theme | undefined);
const chosenLanguage = signal(storage.read('language') as Language | undefined);

/** As the system has it, until somebody chooses. */
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
