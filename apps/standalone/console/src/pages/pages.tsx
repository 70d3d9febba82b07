import type { VNode } from 'preact';
import { words } from '../i18n/words';
import { address, page, place } from '../state/route';
import { Empty, Page } from '../ui/parts/page';
import { Link } from '../ui/parts/link';
import { isKnownPage, pages, type PageName } from '../ui/shell/page-list';
import { AccountPage } from './account/account-page';
import { AuditPage } from './audit/audit-page';
import { DeadPage } from './dead/dead-page';
import { KeysPage } from './keys/keys-page';
import { MessagePage } from './messages/message-page';
import { MessagesPage } from './messages/messages-page';
import { OverviewPage } from './overview/overview-page';
import { PeoplePage } from './people/people-page';
import { ProvidersPage } from './providers/providers-page';
import { SendPage } from './send/send-page';
import { TenantPage } from './tenants/tenant-page';
import { TenantsPage } from './tenants/tenants-page';
import { TopicPage } from './topics/topic-page';
import { TopicsPage } from './topics/topics-page';
import { UserPage } from './users/user-page';
import { UsersPage } from './users/users-page';

const PAGES: Record<PageName, (of: string | undefined) => VNode> = {
  overview: () => <OverviewPage key="overview" />,
  messages: (id) => (id === undefined ? <MessagesPage key="messages" /> : <MessagePage key={id} id={id} />),
  users: (id) => (id === undefined ? <UsersPage key="users" /> : <UserPage key={id} user={id} />),
  topics: (id) => (id === undefined ? <TopicsPage key="topics" /> : <TopicPage key={id} topic={id} />),
  send: () => <SendPage key="send" />,
  dead: () => <DeadPage key="dead" />,
  providers: () => <ProvidersPage key="providers" />,
  tenants: (id) => (id === undefined ? <TenantsPage key="tenants" /> : <TenantPage key={id} id={id} />),
  keys: () => <KeysPage key="keys" />,
  audit: () => <AuditPage key="audit" />,
  people: () => <PeoplePage key="people" />,
  account: () => <AccountPage key="account" />,
};

export function Pages() {
  const { shell } = words.value;
  const name = page.value;
  if (pages.value.some((one) => one.name === name)) return PAGES[name as PageName](place.value.parts[1]);
  const isKnown = isKnownPage(name);
  return (
    <Page key={name} title={isKnown ? shell.notYours : shell.notFound}>
      <Empty title={isKnown ? shell.notYours : shell.notFound} lead={isKnown ? shell.notYoursLead : shell.notFoundLead}>
        <Link to={address()} class="button">
          {shell.toOverview}
        </Link>
      </Empty>
    </Page>
  );
}
