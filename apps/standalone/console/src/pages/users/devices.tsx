import { useState } from 'preact/hooks';
import { api } from '../../api/calls';
import type { Device, Presence } from '../../api/types';
import { words } from '../../i18n/words';
import { mayPublish } from '../../state/session';
import { useLoad } from '../../state/use-load';
import { Confirm } from '../../ui/parts/dialog';
import { Loading, Table } from '../../ui/parts/list';
import { Empty, Section } from '../../ui/parts/page';
import { Plain } from '../../ui/parts/plain';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Chip, When } from '../../ui/parts/show';
import { curlOf } from '../send/curl';
import { fingerprint } from './fingerprint';

interface Known {
  readonly device: string;
  readonly registered?: Device;
  readonly presence?: Presence['devices'][number];
}

/** Registered ones, and those that only ever connected. */
function joined(registered: readonly Device[], seen: Presence['devices']): Known[] {
  const all = new Map<string, Known>();
  for (const one of registered) all.set(one.device, { device: one.device, registered: one });
  for (const one of seen) all.set(one.device, { ...all.get(one.device), device: one.device, presence: one });
  return [...all.values()].sort((a, b) => a.device.localeCompare(b.device));
}

export function Devices({ user, presence }: { user: string; presence: Presence | undefined }) {
  const { users } = words.value;
  const [forgets, setForgets] = useState<string>();
  const devices = useLoad((stop) => api.users.devices(user, stop), [user]);
  const known = joined(devices.value?.devices ?? [], presence?.devices ?? []);
  const curl = curlOf(
    { platform: 'ios', tokens: [{ provider: 'apns', token: '…' }] },
    { path: `/v1/users/${encodeURIComponent(user)}/devices/phone`, method: 'PUT' },
  );
  return (
    <Section title={users.devicesTitle} testId="devices">
      {devices.value === undefined ? (
        devices.error ? (
          <ProblemNote error={devices.error} again={devices.reload} />
        ) : (
          <Loading />
        )
      ) : known.length === 0 ? (
        <Empty title={users.noDevices} lead={users.noDevicesLead} code={curl} />
      ) : (
        <Table
          label={users.devicesTitle}
          items={known}
          keyOf={({ device }) => device}
          columns={[
            {
              head: words.value.story.device,
              as: 'lead',
              cell: ({ device }) => (
                <span class="mark mono">
                  <Plain text={device} />
                </span>
              ),
            },
            {
              head: users.columns.lastSeen,
              as: 'side',
              cell: ({ presence: seen }) =>
                seen?.online === true ? (
                  <Chip tone="good" title={users.via(seen.transport, seen.node)}>
                    {users.online} · {seen.transport}
                  </Chip>
                ) : seen === undefined ? (
                  <Chip>{users.offline}</Chip>
                ) : (
                  <Chip>
                    <When at={seen.lastSeenAt} />
                  </Chip>
                ),
            },
            {
              head: users.platform,
              cell: ({ registered }) =>
                registered && (
                  <Plain
                    text={[registered.platform, registered.appVersion, registered.locale, registered.timeZone]
                      .filter(Boolean)
                      .join(' · ')}
                  />
                ),
            },
            {
              head: users.tokens,
              cell: ({ registered }) => (
                <span class="tokens">
                  {(registered?.tokens ?? []).map(({ provider, token }, i) => (
                    <Chip key={i} tone="none" title={users.fingerprint}>
                      {provider} <code>{fingerprint(token)}</code>
                    </Chip>
                  ))}
                </span>
              ),
            },
            mayPublish.value && {
              head: users.removeDevice,
              as: 'actions',
              cell: ({ device }) => (
                <button type="button" class="button button-small button-bare" onClick={() => setForgets(device)}>
                  {users.removeDevice}
                </button>
              ),
            },
          ]}
        />
      )}
      {forgets !== undefined && (
        <Confirm
          title={users.removeDeviceTitle(forgets)}
          lead={users.removeDeviceLead}
          submit={users.removeDevice}
          isBad
          onClose={() => setForgets(undefined)}
          onSubmit={async () => {
            await api.users.removeDevice(user, forgets);
            devices.reload();
          }}
        />
      )}
    </Section>
  );
}
