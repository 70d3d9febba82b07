import { words } from '../../i18n/words';
import { theme, toggleLanguage, toggleTheme } from '../../state/preferences';
import { Icon } from '../parts/icon';

export function LookButtons() {
  const { shell } = words.value;
  const isDark = theme.value === 'dark';
  const label = shell.theme(isDark ? shell.light : shell.dark);
  return (
    <>
      <button
        type="button"
        class="button button-bare button-icon"
        data-testid="theme"
        aria-label={label}
        title={label}
        onClick={toggleTheme}
      >
        <Icon name={isDark ? 'sun' : 'moon'} />
      </button>
      <button
        type="button"
        class="button button-bare button-icon"
        data-testid="language"
        aria-label={shell.language}
        title={shell.language}
        onClick={toggleLanguage}
      >
        <span aria-hidden="true">{shell.languageShort}</span>
      </button>
    </>
  );
}
