import { words } from '../../i18n/words';
import { theme, toggleLanguage, toggleTheme } from '../../state/preferences';
import { Icon } from './icon';
import { IconButton } from './icon-button';

export function ThemeButton() {
  const { tools } = words.value;
  const isDark = theme.value === 'dark';
  return (
    <IconButton
      label={tools.theme(isDark ? tools.light : tools.dark)}
      testId="theme"
      state={theme.value}
      onClick={toggleTheme}
    >
      <Icon name={isDark ? 'sun' : 'moon'} />
    </IconButton>
  );
}

export function LanguageButton() {
  const { tools } = words.value;
  return (
    <IconButton label={tools.language} testId="language" onClick={toggleLanguage}>
      <span aria-hidden="true">{tools.languageShort}</span>
    </IconButton>
  );
}
