import { words } from '../../i18n/words';
import { address, page } from '../../state/route';
import { session } from '../../state/session';
import { Link } from '../parts/link';
import { LookButtons } from './look-buttons';
import { Mark } from './mark';
import { pages, type PageName } from './page-list';

export const addressOfPage = (name: PageName): string => (name === 'overview' ? address() : address(name));

export function Rail() {
  const { shell } = words.value;
  const groups = Object.entries(shell.groups);
  return (
    <nav class="rail" aria-label={shell.menu}>
      <Link to={address()} class="brand">
        <Mark />
        nest-push
      </Link>
      {groups.map(([group, title]) => {
        const mine = pages.value.filter((one) => one.group === group);
        return (
          mine.length > 0 && (
            <div class="rail-group" key={group}>
              <h2 id={`rail-${group}`}>{title}</h2>
              <ul aria-labelledby={`rail-${group}`}>
                {mine.map(({ name }) => (
                  <li key={name}>
                    <Link to={addressOfPage(name)} current={page.value === name} testId={`nav-${name}`}>
                      {shell.pages[name]}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          )
        );
      })}
      <div class="rail-foot">
        <LookButtons />
        {session.value.is === 'in' && <span class="version">{session.value.version}</span>}
      </div>
    </nav>
  );
}
