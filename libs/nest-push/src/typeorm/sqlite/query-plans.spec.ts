import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { Steps } from '../steps.js';
import { tableNames } from '../table-names.js';
import { connectSqlite } from './connect.js';
import { sqliteDialect } from './dialect.js';
import { temporaryFolder } from './sqlite-harness.fixture.js';

/**
 * All of a table, or all that a tenant has in it; the sets that are asked about are no tables, and an index of what is
 * still to be done holds nothing else.
 */
const WALKS =
  /^SCAN (?!j\b|few\b|counted\b|json_each|tenants\b|longest\b|shares\b|CONSTANT|\(subquery|\S+ USING (COVERING )?INDEX push_(notification_due|spared_at)$)|\(tenant=\?\)$/;

const sql = sqliteDialect(tableNames());

describe('what is done again and again does not walk a table', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let dataSource: DataSource;
  beforeEach(async () => {
    folder = await temporaryFolder();
    dataSource = await connectSqlite({ path: folder.file }, 'push_');
    await dataSource.runMigrations();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await folder.remove();
  });

  /** How SQLite goes about the first statement of the unit. */
  const plan = async (unit: Steps<unknown>): Promise<string[]> => {
    const next = unit.next();
    if (next.done) return [];
    const rows = await dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${next.value.sql}`, [
      ...next.value.parameters,
    ]);
    return rows.map(({ detail }) => detail);
  };

  it.each([
    ['retention by number', () => sql.longStreams(1000, 10)],
    ['retention by age', () => sql.agedStreams(1, 10, [])],
    ['retention by age, without some', () => sql.agedStreams(1, 10, ['x'])],
    ['retention by the age of a tenant', () => sql.agedStreamsOf('t', 1, 10)],
    ['claiming', () => sql.claimJobs('fan-out', 'n', 1, 2, 3, ['t'])],
    ['taking', () => sql.takeJobs('offline', 'n', 1, 2, 3, 2, ['x'])],
    ['hastening', () => sql.hastenJobs([['t', 'offline', 'm']], 1)],
    ['locking jobs', () => sql.lockJobs([['t', 'offline', 'm', 'n']])],
    ['moving jobs', () => sql.moveJobs([['t', 'offline', 'm', '{}', 1, 'n', 2]])],
    ['dropping jobs', () => sql.dropJobs([['t', 'offline', 'm']])],
    ['counting jobs', () => sql.countJobs('fan-out')],
    ['dead jobs', () => sql.deadJobs('t', 'fan-out', 10)],
    ['steps', () => sql.stepJobs([['t', 'fan-out', 'm', 0, 1, 'n', 2]])],
    ['orphans', () => sql.deleteOrphans([['t', 'm']])],
    ['messages spared', () => sql.sparedMessages(10)],
    ['sparing messages', () => sql.spareMessages([['t', 'm']], 1)],
    ['holders', () => sql.holders([['t', 'u']], 1)],
    ['cursors', () => sql.cursors([['t', 'u', 'd']])],
    ['places reached', () => sql.reached('t', [['s', 'e', 1]])],
    ['all of a device', () => sql.dropCursors(['t', 'u', 'd'])],
    ['streams', () => sql.states([['t', 's']])],
    ['entries', () => sql.entries([['t', 's', 0, 10, null]])],
    ['places of a message', () => sql.places('t', 'm')],
    ['places recalled', () => sql.recalledSince([['t', 's']], 1)],
    ['held messages', () => sql.due(1, 10, ['x'])],
    ['used keys', () => sql.usedKeys([['t', 'k']])],
    ['unread entries', () => sql.unread([['t', 's', 'u', 0, null, 1]], 'e')],
    ['presence', () => sql.presence('t', ['u'])],
    ['the end of a node', () => sql.endConnections('n')],
    ['subscriptions', () => sql.subscriptions([['t', 'u']])],
    ['follows', () => sql.follows([['t', 'u', 'd']])],
    ['read marks', () => sql.marksSince([['t', 'u', 1]])],
    ['revocations', () => sql.revokedAt([['t', 'u']])],
    ['messages', () => sql.messages([['t', 'm']])],
    ['places of messages', () => sql.placesOf([['t', 'm']])],
    ['places in some streams', () => sql.placesIn('t', 'm', ['s'])],
    ['who has reached a place', () => sql.reachedBy([['t', 's', 'u', 'e', 1]])],
    ['who has read a place', () => sql.covers([['t', 's', 'u', 'e', 1, 'x']])],
    ['devices', () => sql.devices([['t', 'u']])],
    ['tokens', () => sql.tokens([['t', 'u']])],
    ['whose a token is', () => sql.lockTokens([['t', 'x']])],
    ['the other tokens of a device', () => sql.dropOtherTokens(['t', 'u', 'd'], ['x'])],
    ['dropping tokens', () => sql.dropTokens([['t', 'x', 'u', 'd', 1]])],
    ['users with a token', () => sql.tokenUsers('t', 'u', 10)],
    ['settings', () => sql.settings([['t', 'policy']])],
    ['some settings', () => sql.settingsFrom('t', 'provider.', 'provider/')],
    ['preferences', () => sql.preferences([['t', 'u']])],
    ['claiming notifications', () => sql.claimNotifications('n', 1, 2, 3, 2, ['x'])],
    ['locking notifications', () => sql.lockNotifications([['t', 'm', 'u', 'd']], 'sending', 'n')],
    ['marking notifications', () => sql.markNotifications([['t', 'm', 'u', 'd', 1, null, null, null, null]])],
    ['replaying notifications', () => sql.replayNotifications([['t', 'm', 'u', 'd']], 1)],
    ['waiting notifications', () => sql.waitingNotifications('t', 'apns', ['x', 'y'], 1, 10)],
    ['hastening notifications', () => sql.hastenNotifications([['t', 'm', 'u', 'd']], 1)],
    ['dropping notifications', () => sql.dropNotifications([['t', 'm', 'u', 'd']])],
    ['notifications of a message', () => sql.notifications('t', 'm', null, ['u', 'd'], 10)],
    ['notifications of a user', () => sql.notifications('t', 'm', 'u', ['', ''], 10)],
    ['counting notifications', () => sql.countNotifications('t', ['m'])],
    ['outstanding notifications', () => sql.outstandingNotifications([['t', 'u', 1]], 200)],
    ['notifications sent', () => sql.sentNotifications([['t', 'u', 'd', 'apns', 1]])],
    ['recent notifications', () => sql.recentNotifications([['t', 'u', 'x', 1]])],
    ['a provider’s name', () => sql.notificationNamed('t', 'apns', 'x')],
    ['counting what is to be sent', () => sql.countOpenNotifications()],
    ['old notifications', () => sql.trimNotifications(1, 10)],
    ['the newest revocations', () => sql.revokedSince(1)],
    ['tickets', () => sql.dropTickets(1)],
    ['listing messages', () => sql.messagesBelow('t', 'm', 10)],
    ['listing entries', () => sql.entriesBelow('t', 's', 9, 10)],
    ['listing users with a device', () => sql.deviceUsers('t', 'a', 'b', 10)],
    ['listing users who were connected', () => sql.presenceUsers('t', 'a', 'b', 10)],
    ['listing streams', () => sql.streamsBetween('t', 'a', 'b', 10)],
    ['counting devices', () => sql.countDevices('t', 'a', 'b')],
    ['counting subscribers', () => sql.countSubscribersUpTo('t', 'topic', 10)],
    ['listing cursors', () => sql.cursorsOf('t', 'u', 10)],
    ['marks of streams to be', () => sql.renewals([1, 2])],
    ['what a user has', () => sql.eraseRows('device', { tenant: 't', user: 'u' }, 10)],
    ['what a user was told', () => sql.eraseNotifications('t', 'u', 10)],
    ['what a user has read', () => sql.eraseRows('readMark', { tenant: 't', user: 'u' }, 10)],
    ['cursors of a user', () => sql.eraseRows('cursor', { tenant: 't', user: 'u' }, 10)],
    ['subscriptions of a user', () => sql.eraseRows('subscription', { tenant: 't', user: 'u' }, 10)],
    ['messages up to one', () => sql.messagesNaming('t', 'a', 'b', '"u"')],
    ['filters of a message', () => sql.filtersNaming('t', 'm', '"u"')],
    ['keys up to one', () => sql.keysNaming('t', 'a', 'b', '"u"')],
  ])('%s', async (_, unit) => {
    const details = await plan(unit());
    expect(details.length).toBeGreaterThan(0);
    expect(details.filter((detail) => WALKS.test(detail))).toEqual([]);
  });
});
