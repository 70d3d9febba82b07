import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Message } from 'push-core';
import type { SqlConnection } from '../sql-connection.js';
import type { SqlDialect } from '../sql-dialect.js';
import { ask, type Step, type Steps } from '../steps.js';
import { tableNames } from '../table-names.js';
import { postgresDatabase } from './database.js';
import { temporarySchema, type Place } from './postgres-harness.fixture.js';

const message: Message = {
  ...{ tenant: 't', id: 'm', type: 'x', to: { all: true }, options: {}, acceptedAt: 1, expiresAt: 2 },
};
const entry = { head: 0, rank: 1, messageId: 'm', thread: null, joinedAt: 1, filter: null };

const NAME = ['t', 'm', 'u', 'd'] as const;
const NOTIFICATION = [
  ...[...NAME, 'sending', 1, 1, 0, 'o', 'apns', 'x', null],
  ...[null, '@u', 1, null, 1, 1, null, null, null, 1],
];

/** Indexes that hold nothing but what is still to be done; they may be walked. */
const WORK = /Index (Only )?Scan (using|on) push_(notification_due|spared_at)/g;

/** Everything that is asked while messages flow, and what retention and the workers ask again and again. */
const HOT: Readonly<Record<string, (sql: SqlDialect) => Steps<unknown>>> = {
  usedKeys: (sql) => sql.usedKeys([['t', 'k']]),
  insertMessages: (sql) => sql.insertMessages([{ message, held: false }]),
  lockMessages: (sql) => sql.lockMessages([['t', 'm']]),
  releaseMessages: (sql) => sql.releaseMessages([['t', 'm']]),
  join: (sql) => sql.join([{ tenant: 't', stream: 's', count: 1, age: 1, bucket: 7 }], [entry], true),
  states: (sql) => sql.states([['t', 's']]),
  entries: (sql) => sql.entries([['t', 's', 0, 10, null]]),
  places: (sql) => sql.places('t', 'm'),
  due: (sql) => sql.due(1, 10, ['x']),
  recalledSince: (sql) => sql.recalledSince([['t', 's']], 1),
  agedStreams: (sql) => sql.agedStreams(1, 10, []),
  agedStreamsWithout: (sql) => sql.agedStreams(1, 10, ['x']),
  agedStreamsOf: (sql) => sql.agedStreamsOf('t', 1, 10),
  longStreams: (sql) => sql.longStreams(1000, 10),
  deleteEntries: (sql) => sql.deleteEntries('t', 's', 2),
  deleteOrphans: (sql) => sql.deleteOrphans([['t', 'm']]),
  deleteKeys: (sql) => sql.deleteKeys(1, 10),
  cursors: (sql) => sql.cursors([['t', 'u', 'd']]),
  advance: (sql) => sql.advance([['t', 's', 'u', 'd', 'e', 1, 0]]),
  reached: (sql) => sql.reached('t', [['s', 'e', 1]]),
  subscriptions: (sql) => sql.subscriptions([['t', 'u']]),
  subscribers: (sql) => sql.subscribers('t', 'topic', '', 10),
  follows: (sql) => sql.follows([['t', 'u', 'd']]),
  lockMarks: (sql) => sql.lockMarks([['t', 's', '', 'u']]),
  marksSince: (sql) => sql.marksSince([['t', 'u', 1]]),
  unread: (sql) => sql.unread([['t', 's', 'u', 0, null, 1]], 'e'),
  readers: (sql) => sql.readers('t', [['s', 'e', 1, '']]),
  presence: (sql) => sql.presence('t', ['u']),
  holders: (sql) => sql.holders([['t', 'u']], 1),
  endPresence: (sql) => sql.endPresence([['t', 'u', 'd', 'c', 'n', 'ws', 1, null]]),
  endConnections: (sql) => sql.endConnections('n'),
  revokedAt: (sql) => sql.revokedAt([['t', 'u']]),
  stepJobs: (sql) => sql.stepJobs([['t', 'k', 'm', 0, 1, 'o', 1]]),
  dropFinishedJobs: (sql) => sql.dropFinishedJobs([['t', 'k', 'm']]),
  claimJobs: (sql) => sql.claimJobs('k', 'o', 1, 2, 10, []),
  takeJobs: (sql) => sql.takeJobs('k', 'o', 1, 2, 10, 5, ['x']),
  hastenJobs: (sql) => sql.hastenJobs([['t', 'k', 'm']], 1),
  lockJobs: (sql) => sql.lockJobs([['t', 'k', 'm', 'o']]),
  moveJobs: (sql) => sql.moveJobs([['t', 'k', 'm', '{}', 1, null, null]]),
  dropJobs: (sql) => sql.dropJobs([['t', 'k', 'm']]),
  countJobs: (sql) => sql.countJobs('k'),
  messages: (sql) => sql.messages([['t', 'm']]),
  placesOf: (sql) => sql.placesOf([['t', 'm']]),
  placesIn: (sql) => sql.placesIn('t', 'm', ['s']),
  sparedMessages: (sql) => sql.sparedMessages(10),
  spareMessages: (sql) => sql.spareMessages([['t', 'm']], 1),
  reachedBy: (sql) => sql.reachedBy([['t', 's', 'u', 'e', 1]]),
  covers: (sql) => sql.covers([['t', 's', 'u', 'e', 1, '']]),
  devices: (sql) => sql.devices([['t', 'u']]),
  tokens: (sql) => sql.tokens([['t', 'u']]),
  lockTokens: (sql) => sql.lockTokens([['t', 'x']]),
  putTokens: (sql) => sql.putTokens([['t', 'x', 'u', 'd', 1]]),
  dropOtherTokens: (sql) => sql.dropOtherTokens(['t', 'u', 'd'], ['x']),
  dropTokens: (sql) => sql.dropTokens([['t', 'x', 'u', 'd', 1]]),
  tokenUsers: (sql) => sql.tokenUsers('t', 'u', 10),
  settings: (sql) => sql.settings([['t', 'policy']]),
  settingsFrom: (sql) => sql.settingsFrom('t', 'provider.', 'provider/'),
  putSetting: (sql) => sql.putSetting('t', 'policy', '{}', 1, 2),
  preferences: (sql) => sql.preferences([['t', 'u']]),
  addNotifications: (sql) => sql.addNotifications([NOTIFICATION]),
  claimNotifications: (sql) => sql.claimNotifications('o', 1, 2, 10, 5, ['x']),
  lockNotifications: (sql) => sql.lockNotifications([NAME], 'sending', 'o'),
  putNotifications: (sql) => sql.putNotifications([NOTIFICATION]),
  markNotifications: (sql) => sql.markNotifications([[...NAME, 1, null, null, null, null]]),
  replayNotifications: (sql) => sql.replayNotifications([NAME], 1),
  waitingNotifications: (sql) => sql.waitingNotifications('t', 'apns', ['x', 'y'], 1, 10),
  hastenNotifications: (sql) => sql.hastenNotifications([NAME], 1),
  dropNotifications: (sql) => sql.dropNotifications([NAME]),
  notifications: (sql) => sql.notifications('t', 'm', null, ['u', 'd'], 10),
  notificationsOfUser: (sql) => sql.notifications('t', 'm', 'u', ['', ''], 10),
  countNotifications: (sql) => sql.countNotifications('t', ['m']),
  outstandingNotifications: (sql) => sql.outstandingNotifications([['t', 'u', 1]], 200),
  sentNotifications: (sql) => sql.sentNotifications([['t', 'u', 'd', 'apns', 1]]),
  recentNotifications: (sql) => sql.recentNotifications([['t', 'u', 'x', 1]]),
  notificationNamed: (sql) => sql.notificationNamed('t', 'apns', 'x'),
  deadNotifications: (sql) => sql.deadNotifications('t', 0, 10),
  countOpenNotifications: (sql) => sql.countOpenNotifications(),
  trimNotifications: (sql) => sql.trimNotifications(1, 10),
  messagesBelow: (sql) => sql.messagesBelow('t', 'm', 10),
  entriesBelow: (sql) => sql.entriesBelow('t', 's', 9, 10),
  deviceUsers: (sql) => sql.deviceUsers('t', 'a', 'b', 10),
  presenceUsers: (sql) => sql.presenceUsers('t', 'a', 'b', 10),
  streamsBetween: (sql) => sql.streamsBetween('t', 'a', 'b', 10),
  countDevices: (sql) => sql.countDevices('t', 'a', 'b'),
  countSubscribersUpTo: (sql) => sql.countSubscribersUpTo('t', 'topic', 10),
  cursorsOf: (sql) => sql.cursorsOf('t', 'u', 10),
  renewals: (sql) => sql.renewals([1, 2]),
  eraseNotifications: (sql) => sql.eraseNotifications('t', 'u', 10),
  filtersNaming: (sql) => sql.filtersNaming('t', 'm', '"u"'),
  lockStream: (sql) => sql.lockStream('t', '@u'),
  oldestEntries: (sql) => sql.oldestEntries('t', '@u', 10),
  messagesEnd: (sql) => sql.messagesEnd('t', 'a', 10),
  messagesNaming: (sql) => sql.messagesNaming('t', 'a', 'b', '"u"'),
  keysNaming: (sql) => sql.keysNaming('t', 'a', 'b', '"u"'),
  fanOutsNaming: (sql) => sql.fanOutsNaming('t', '"u"', 1),
};

/** What is looked up by its name is not to be looked for in an index of a state, among all of a tenant that are in it. */
const BY_NAME = [
  'stepJobs',
  'dropFinishedJobs',
  'hastenJobs',
  'lockJobs',
  'moveJobs',
  'dropJobs',
  'deleteOrphans',
].concat([
  'lockNotifications',
  'putNotifications',
  'markNotifications',
  'replayNotifications',
  'hastenNotifications',
  'dropNotifications',
]);
const OF_STATE = /push_(job_(due|dead)|notification_(?!pkey))/;

/**
 * Plans are made once a connection, perhaps while the tables are empty. With the settings of the store's connections a
 * table is walked only where there is no other way, so an empty one shows the plan a full one will get.
 */
describe('The plan of each hot statement', () => {
  let place: Place;
  let database: ReturnType<typeof postgresDatabase>;
  let connection: SqlConnection;
  beforeAll(async () => {
    place = await temporarySchema();
    const settings = { tablePrefix: 'push_', lockTimeoutMs: 5000, deadlineMs: 20_000, openTimeoutMs: 5000 };
    database = postgresDatabase({ url: place.url }, { ...settings, names: tableNames(), connections: 1 });
    connection = await database.open();
  });
  afterAll(async () => {
    await connection.end();
    await database.close();
    await place.remove();
  });

  it.each(Object.entries(HOT))('%s goes by an index', async (name, tell) => {
    for (const { sql, parameters } of statements(tell(database.sql))) {
      if (/pg_advisory/.test(sql)) continue;
      const rows = await connection.query(() => ask(`EXPLAIN (COSTS off) ${sql}`, ...parameters));
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).not.toMatch(/Seq Scan on|Hash Join|Merge Join/);
      const scans = plan.match(/Index (Only )?Scan/g)?.length ?? 0;
      const ofWork = plan.match(WORK)?.length ?? 0;
      const conditions = plan.match(/Index Cond:/g)?.length ?? 0;
      if (BY_NAME.includes(name)) expect(plan).not.toMatch(OF_STATE);
      expect(conditions).toBeLessThanOrEqual(scans);
      expect(conditions).toBeGreaterThanOrEqual(scans - ofWork);
    }
  });
});

/** Every statement of the unit; nothing is answered, so units that look further do so. */
function statements(unit: Steps<unknown>): Step[] {
  const steps: Step[] = [];
  for (let next = unit.next(); !next.done; next = unit.next([])) {
    steps.push(next.value);
    if (next.value.sql.includes('array_to_string')) break;
  }
  return steps;
}
