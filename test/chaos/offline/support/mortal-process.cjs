// An engine on SQLite whose provider ends the process at some notifications, as a defect in native code would. argv: the database's file.
// Told { publish: [{ key, title }] }; tells { published: [[key, id]] }, { shown: id } before each answer, and { dead: [rows] } now and then.
const { createPush } = require('push-core');
const { offlineOver } = require('push-core/providers');
const { createTypeOrmStore } = require('nest-push/typeorm');

const TENANT = 't';
const [, , file] = process.argv;
const tell = (message) => new Promise((resolve) => process.send(message, resolve));

const mortal = {
  name: 'own',
  traits: { batch: 1, perSecond: 100_000 },
  parse: (credentials) => credentials,
  checkToken: () => undefined,
  create: () => ({
    name: 'own',
    send: async ([{ notification }]) => {
      if (notification.title === 'poison') process.kill(process.pid, 'SIGKILL');
      await tell({ shown: notification.messageId });
      return [{ kind: 'accepted' }];
    },
    retract: async (requests) => requests.map(() => undefined),
    check: async () => ({ kind: 'ok' }),
    close: async () => undefined,
  }),
};

async function main() {
  const push = createPush({
    store: createTypeOrmStore({ url: `sqlite:${file}` }),
    limits: { jobLeaseMs: 1000 },
    offline: { ...offlineOver([mortal]), waitMs: 0, sendDeadlineMs: 250, settingsMs: 100 },
  });
  await push.start();
  await push.notifications.putProvider(TENANT, 'own', {});
  await push.notifications.putPolicy(TENANT, { rules: [{ name: 'all', damping: 'off' }], privacy: 'full' });
  await push.putDevice(
    { tenant: TENANT, user: 'bob', device: 'phone' },
    { platform: 'android', tokens: [{ provider: 'own', token: 'x' }] },
  );
  process.on('message', async ({ publish }) => {
    const published = await Promise.all(
      publish.map(async ({ key, title }) => {
        const input = { to: { users: ['bob'] }, type: 'chat', notification: { title } };
        const { id } = await push.publish(TENANT, input, { idempotencyKey: key });
        return [key, id];
      }),
    );
    await tell({ published });
  });
  setInterval(async () => {
    const rows = await push.notifications.dead(TENANT);
    await tell({ dead: rows.map(({ messageId, reason, unknown }) => ({ messageId, reason, unknown })) });
  }, 100);
  await tell({ ready: true });
}

void main();
