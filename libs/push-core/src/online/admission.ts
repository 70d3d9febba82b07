import { CLOSE } from '../close-reasons.js';
import type { Connect } from '../transports/transport.js';
import { PushError } from '../errors.js';
import { EVERYBODY, isTopic, streamNamed, userStream, type Position, type StreamId } from '../model/stream.js';
import type { CursorMove } from '../store/cursor-store.js';
import { suspended } from '../tenants/publish-gate.js';
import type { ConnectFrame, FollowFrame, ResumePoint, StreamInfo, UnfollowFrame } from '../wire.js';
import type { Identity } from './authenticator.js';
import { connectProblem } from './connect-problem.js';
import type { Connection } from './connection.js';
import { Follower } from './follower.js';
import { resume } from './resume.js';
import { errorFrame } from './server-frames.js';
import { mayFollow } from './topic-rights.js';
import { whatWasMissed } from './catch-up.js';

/** A stream a device is about to follow. */
interface Wanted {
  readonly stream: StreamId;
  readonly asked?: ResumePoint;
  /** Where to begin without any cursor; the head when undefined. */
  readonly since?: number;
}

/** `connect`: who is it, may it in, where did it stop. Ends with `connected` or with the link closed. */
export async function admit(connection: Connection, frame: ConnectFrame | Connect): Promise<void> {
  const { hub } = connection;
  const problem = 'op' in frame ? undefined : connectProblem(frame, connection.arrival?.identity);
  if (problem) {
    connection.send(errorFrame(problem));
    return connection.close(CLOSE.badFrame);
  }
  await hub.arrivals.enter();
  if (isGone(connection)) return;
  const identity = await whoIs(connection, frame);
  if (!identity) return;
  const device = frame.device ?? identity.device;
  if (device === undefined) {
    connection.send(errorFrame(new PushError('INVALID', '"device" is missing', { field: 'device' })));
    return connection.close(CLOSE.badFrame);
  }
  if (identity.device !== undefined && identity.device !== device) return connection.close(CLOSE.badToken);
  const asked = hub.tenants.of(identity.tenant);
  const policy = asked instanceof Promise ? await asked : asked;
  if (isGone(connection)) return;
  if (policy.suspended) {
    connection.send(errorFrame(suspended(policy)));
    return connection.close(CLOSE.revoked);
  }
  for (const { hooks } of hub.options.plugins) {
    const decision = await hooks.connect?.({ identity, device });
    if (decision && !decision.allow) {
      connection.send(errorFrame(new PushError('REFUSED', decision.reason)));
      return connection.close(CLOSE.revoked);
    }
  }
  if (isGone(connection)) return;
  const crowded = hub.crowded({ tenant: identity.tenant, user: identity.user, device });
  if (crowded) {
    connection.send(errorFrame(crowded));
    return connection.close(CLOSE.overloaded, crowded.retryAfterMs);
  }

  connection.tenant = identity.tenant;
  connection.user = identity.user;
  connection.device = device;
  connection.id = hub.options.ids.connection();
  connection.tokenExpiresAt = identity.expiresAt ?? Infinity;
  if (frame.window !== undefined) connection.window = frame.window;
  connection.identity = identity;
  // From here on the older connection of the device takes no more acknowledgements: the cursor has one writer.
  hub.links.add(connection);
  if (connection.isOver) return;

  const follow = 'follow' in frame ? (frame.follow ?? []) : [];
  const [known, { wanted, refused }] = await Promise.all([
    hub.arrivals.announce(connection),
    wantedStreams(connection, identity, frame.resume ?? {}, follow),
  ]);
  if (isGone(connection)) return;
  const streams = await begin(connection, wanted);
  if (isGone(connection)) return;
  const missed = await whatWasMissed(connection, known);
  if (isGone(connection)) return;
  connection.send({
    op: 'connected',
    connection: connection.id,
    node: hub.options.node,
    heartbeatMs: hub.options.limits.heartbeatMs,
    streams,
  });
  for (const topic of refused) connection.send(errorFrame(notAllowed(topic, `resume.${topic}`)));
  for (const notice of missed) connection.send(notice);
  const { tenant, user, id } = connection;
  hub.events.emit('connected', { tenant, user, device, connection: id, transport: connection.link.transport });
  hub.admitted(connection);
  connection.admitted();
  for (const follower of connection.followers) follower.open();
}

export async function followTopic(connection: Connection, frame: FollowFrame): Promise<void> {
  const { hub, tenant, user, device } = connection;
  const { subscriptions } = await hub.arrivals.listening({ tenant, user, device });
  const since = subscriptions.find((one) => one.topic === frame.s)?.since;
  const { identity } = connection;
  if (since === undefined && !(identity && (await mayFollow(identity, device, frame.s, hub.options.plugins)))) {
    throw notAllowed(frame.s, 's');
  }
  await hub.options.store.topics.setFollow({ tenant, user, device }, { topic: frame.s, following: true });
  if (connection.state !== 'connected') return;
  // Asked again, it begins again: the answer says where delivery continues, and it does.
  hub.unfollow(connection, frame.s);
  const info = (await begin(connection, [{ stream: frame.s, asked: frame.resume, since }]))[frame.s];
  connection.send({ op: 'ok', id: frame.id, s: frame.s, ...info });
  connection.follower(frame.s)?.open();
}

export async function leaveTopic(connection: Connection, frame: UnfollowFrame): Promise<void> {
  const { tenant, user, device } = connection;
  await connection.hub.options.store.topics.setFollow({ tenant, user, device }, { topic: frame.s, following: false });
  connection.hub.unfollow(connection, frame.s);
  connection.send({ op: 'ok', id: frame.id, s: frame.s });
}

/** The user's subscriptions changed while the device is connected. */
export const refreshSubscriptions = (connection: Connection): Promise<void> =>
  connection.inTurn(() => refresh(connection));

async function refresh(connection: Connection): Promise<void> {
  const { identity } = connection;
  if (!identity || connection.state !== 'connected') return;
  const { wanted } = await wantedStreams(connection, identity, {});
  if (connection.state !== 'connected') return;
  const names = new Set(wanted.map((one) => one.stream));
  for (const { live } of [...connection.followers]) {
    if (!isTopic(live.stream) || names.has(live.stream)) continue;
    connection.hub.unfollow(connection, live.stream);
    connection.send({ op: 'unfollowed', s: live.name });
  }
  const added = await begin(
    connection,
    wanted.filter((one) => !connection.follower(one.stream)),
  );
  for (const [name, info] of Object.entries(added)) {
    connection.send({ op: 'followed', s: name, ...info });
    connection.follower(streamNamed(name, connection.user))?.open();
  }
  connection.hub.flush();
}

/** Nothing more is asked of the store for a link that ended meanwhile. */
const isGone = (connection: Connection): boolean => connection.state !== 'admitting';

const notAllowed = (topic: string, field: string): PushError =>
  new PushError('NOT_ALLOWED', `This device may not follow "${topic}"`, { field });

async function whoIs(connection: Connection, frame: ConnectFrame | Connect): Promise<Identity | undefined> {
  const { arrival } = connection;
  connection.arrival = undefined;
  if (arrival?.identity) return arrival.identity;
  const token = ('token' in frame ? frame.token : undefined) ?? arrival?.token;
  const { entrance, arrivals } = connection.hub;
  const verdict = await entrance.verify(token, (user) => arrivals.revokedAt(user));
  if (connection.state !== 'admitting') return undefined;
  if (verdict.kind === 'identity') return verdict.identity;
  connection.close(verdict.reason);
  return undefined;
}

/** `@me`, everybody's stream, what the user subscribes to, what the device follows or resumes; less what it left. */
async function wantedStreams(
  connection: Connection,
  identity: Identity,
  asked: Readonly<Record<string, ResumePoint>>,
  follow: readonly string[] = [],
): Promise<{ wanted: Wanted[]; refused: string[] }> {
  const { hub, tenant, user, device } = connection;
  const { topics } = hub.options.store;
  const { subscriptions, follows } = await hub.arrivals.listening({ tenant, user, device });
  const left = new Set(follows.filter((one) => !one.following).map((one) => one.topic));
  const followed = new Set(follows.filter((one) => one.following).map((one) => one.topic));
  for (const topic of follow) left.delete(topic);
  const point = (name: string): ResumePoint | undefined => (Object.hasOwn(asked, name) ? asked[name] : undefined);

  const wanted = new Map<StreamId, Wanted>();
  wanted.set(userStream(user), { stream: userStream(user), asked: point('@me') });
  wanted.set(EVERYBODY, { stream: EVERYBODY, asked: point('@all') });
  for (const { topic, since } of subscriptions) {
    if (!left.has(topic)) wanted.set(topic, { stream: topic, asked: point(topic), since });
  }
  const refused: string[] = [];
  const own = new Set([...followed, ...follow, ...Object.keys(asked).filter(isTopic)]);
  for (const topic of own) {
    if (wanted.has(topic) || left.has(topic)) continue;
    if (await mayFollow(identity, device, topic, hub.options.plugins))
      wanted.set(topic, { stream: topic, asked: point(topic) });
    else refused.push(topic);
  }
  for (const topic of new Set(follow)) {
    if (!followed.has(topic) && wanted.has(topic))
      await topics.setFollow({ tenant, user, device }, { topic, following: true });
  }
  return { wanted: [...wanted.values()], refused };
}

/** Begins to follow; resolves when the beginnings are durable, with what the device is told. */
async function begin(connection: Connection, wanted: readonly Wanted[]): Promise<Record<string, StreamInfo>> {
  const { hub, tenant, user, device } = connection;
  // Without a prototype: a topic may be called like one of its members.
  const streams = Object.create(null) as Record<string, StreamInfo>;
  if (wanted.length === 0) return streams;
  const lives = wanted.map((one) => hub.streams.pin({ tenant, stream: one.stream }));
  try {
    const { cursors, states } = await hub.arrivals.standing({ tenant, user, device }, lives);
    // A newer link may have taken its place meanwhile; where the device begins is for that one to say.
    if (connection.isOver) return streams;
    const known = cursors.has(userStream(user));
    const firsts: CursorMove[] = [];
    const signed: { stream: StreamId; from: number; to: number }[] = [];
    const beginnings: { from: number; recovery: StreamInfo; index: number }[] = [];
    wanted.forEach((one, index) => {
      const live = lives[index];
      const read = states[index];
      if (!live || !read) return;
      live.establish(read);
      const state = { epoch: live.epoch, head: live.head, first: read.first, before: read.before };
      const stored: Position | undefined = cursors.get(one.stream);
      // A device that was seen before missed what came while it was away; one never seen begins at the head.
      const otherwise = !known ? state.head : one.stream === EVERYBODY ? 0 : (one.since ?? state.head);
      const info = resume({ state, asked: one.asked, stored, otherwise });
      if (stored?.epoch !== info.epoch || info.from > stored.seq) {
        const position = { epoch: info.epoch, seq: info.from };
        // A resume beyond the stored cursor signs for what lies between, as an acknowledgement would have.
        if (stored?.epoch === info.epoch) signed.push({ stream: one.stream, from: stored.seq + 1, to: info.from });
        firsts.push({ tenant, user, device, stream: one.stream, position, begins: stored?.epoch !== info.epoch });
      }
      beginnings.push({ from: info.from, recovery: info, index });
    });
    // Followers join before the write, so that they hear of what is committed meanwhile; they send once opened.
    for (const { from, recovery, index } of beginnings) {
      const live = lives[index];
      if (!live || connection.isOver || connection.follower(live.stream)) continue;
      // Everybody's stream is announced once there is something in it.
      const announced = live.stream !== EVERYBODY || live.head > 0;
      if (announced) streams[live.name] = recovery;
      connection.followers.push(
        new Follower(connection, live, from, wanted[index]?.since ?? 0, announced, hub.options),
      );
    }
    await hub.arrivals.begin(firsts);
    for (const one of signed) hub.signed(connection, one);
    return streams;
  } finally {
    for (const live of lives) hub.streams.unpin(live);
  }
}
