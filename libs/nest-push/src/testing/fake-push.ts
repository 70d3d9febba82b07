import { createValidator, publishSchema, PushError } from 'push-core';
import type {
  BatchOutcome,
  Credentials,
  Device,
  DeviceRef,
  Explanation,
  Guest,
  Histogram,
  MarkRequest,
  Message,
  MessageState,
  Meters,
  PublishInput,
  PublishResult,
  Push,
  PushStatus,
  Reader,
  RecallResult,
  Subscriber,
  Ticket,
  Unread,
  UserPresence,
} from 'push-core';
import { FakeNotifications } from './fake-notifications.js';

/** Meters that a spec sets as it likes. */
export class FakeMeters implements Meters {
  accepted = 0;
  retransmits = 0;
  readonly sent = new Map<string, number>();
  readonly acked = new Map<string, number>();
  readonly connections = new Map<string, number>();
  readonly dropped = new Map<string, number>();
  readonly notifications = new Map<string, number>();
  readonly notificationSeconds = new Map<string, Histogram>();
  delivery: Histogram = { bounds: [0.1, 1], counts: [0, 0, 0], sum: 0 };
}

/** An engine that keeps everything in maps and delivers nothing: for specs of what stands around it. */
export class FakePush implements Push {
  readonly node = 'fake';
  readonly calls: string[] = [];
  readonly messages = new Map<string, Message>();
  readonly deviceList: Device[] = [];
  readonly topics = new Map<string, string[]>();
  status_: PushStatus = { state: 'started', connections: 0, intakeQueue: 0, bus: { state: 'up' } };
  readonly online = new Map<string, UserPresence>();
  readonly meters = new FakeMeters();
  readonly notifications = new FakeNotifications();
  /** Thrown by the next calls that publish or identify. */
  failWith: unknown;
  /** What `refusal` answers. */
  refuseWith: PushError | undefined;
  private readonly check = createValidator<PublishInput>(publishSchema, 'message');

  start = () => this.noted('start');
  drain = () => this.noted('drain');
  close = () => this.noted('close');

  async publish(tenant: string, input: PublishInput, extras: { idempotencyKey?: string } = {}): Promise<PublishResult> {
    if (this.failWith !== undefined) throw this.failWith as Error;
    const { to, type, thread, data, options = {} } = this.check(input);
    const id = `m${this.messages.size + 1}`;
    if (options.volatile) {
      this.calls.push(`signal ${tenant} ${type}`);
      return { id, acceptedAt: 1, duplicate: false };
    }
    this.calls.push(`publish ${tenant} ${extras.idempotencyKey ?? '-'}`);
    this.messages.set(`${tenant} ${id}`, {
      tenant,
      id,
      type,
      thread,
      data: JSON.stringify(data),
      to,
      options,
      acceptedAt: 1,
      expiresAt: 2,
      dueAt: options.sendAt,
    });
    return { id, acceptedAt: 1, duplicate: false };
  }

  async publishBatch(tenant: string, items: readonly PublishInput[]): Promise<BatchOutcome[]> {
    return Promise.all(
      items.map((item) =>
        this.publish(tenant, item).then(
          (result) => ({ ok: true as const, result }),
          (error: PushError) => ({ ok: false as const, error }),
        ),
      ),
    );
  }

  async message(tenant: string, id: string) {
    const message = this.messages.get(`${tenant} ${id}`);
    if (!message) throw new PushError('NOT_FOUND', 'There is no such message');
    const counts = { recipients: 1, delivered: 0, notified: 0, read: 0, failed: 0, expired: 0 };
    const state: MessageState = message.recalledAt === undefined ? 'stored' : 'recalled';
    return { message, state, counts };
  }

  async explain(tenant: string, id: string, user: string): Promise<Explanation> {
    const { message } = await this.message(tenant, id);
    return { id, user, outcome: 'stored', steps: [{ at: message.acceptedAt, what: 'accepted', text: 'Accepted' }] };
  }

  async recall(tenant: string, id: string): Promise<RecallResult> {
    const message = this.messages.get(`${tenant} ${id}`);
    if (!message) throw new PushError('NOT_FOUND', 'There is no such message');
    if (message.dueAt === undefined)
      this.messages.set(`${tenant} ${id}`, { ...message, data: undefined, recalledAt: 3 });
    else this.messages.delete(`${tenant} ${id}`);
    return { id, state: message.dueAt === undefined ? 'recalled' : 'cancelled' };
  }

  async inbox(tenant: string, user: string, query: object = {}) {
    this.calls.push(`inbox ${tenant} ${user} ${JSON.stringify(query)}`);
    return { epoch: 'e', head: 0, first: 1, entries: [], unread: { total: 0, threads: {} } };
  }

  async putDevice(
    ref: { tenant: string; user: string; device: string },
    registration: Omit<Device, keyof typeof ref>,
  ): Promise<Device> {
    const device: Device = {
      ...registration,
      ...ref,
      tokens: registration.tokens ?? [],
      registeredAt: 1,
      updatedAt: 1,
    };
    this.deviceList.push(device);
    return device;
  }
  async devices(tenant: string, user: string): Promise<Device[]> {
    return this.deviceList.filter((one) => one.tenant === tenant && one.user === user);
  }
  async removeDevice(): Promise<boolean> {
    return false;
  }

  async subscribe(tenant: string, topic: string, users: readonly string[]): Promise<string[]> {
    const list = this.topics.get(`${tenant} ${topic}`) ?? [];
    const added = users.filter((one) => !list.includes(one));
    this.topics.set(`${tenant} ${topic}`, [...list, ...added].sort());
    return added;
  }
  async unsubscribe(): Promise<string[]> {
    return [];
  }
  async subscribers(
    tenant: string,
    topic: string,
    page: { after?: string; limit?: number } = {},
  ): Promise<Subscriber[]> {
    const all = this.topics.get(`${tenant} ${topic}`) ?? [];
    return all
      .filter((one) => one > (page.after ?? ''))
      .slice(0, page.limit)
      .map((user) => ({ user, subscribedAt: 1 }));
  }

  async acknowledge({ tenant, user, device }: DeviceRef, stream: string, seq: number): Promise<void> {
    this.calls.push(`acknowledge ${tenant} ${user} ${device} ${stream} ${seq}`);
  }
  async markRead({ tenant, user, device = '-' }: Reader, { s, seq, thread = '-' }: MarkRequest) {
    this.calls.push(`markRead ${tenant} ${user} ${device} ${s} ${seq} ${thread}`);
    return { unread: 0 };
  }
  async unread({ tenant, user, device = '-' }: Reader): Promise<Unread> {
    this.calls.push(`unread ${tenant} ${user} ${device}`);
    return { total: 0, threads: {} };
  }
  async presence(tenant: string, users: readonly string[]): Promise<readonly UserPresence[]> {
    return users.map((user) => this.online.get(`${tenant} ${user}`) ?? { user, online: false, devices: [] });
  }
  async disconnect(tenant: string, user: string): Promise<void> {
    this.calls.push(`disconnect ${tenant} ${user}`);
  }

  /** A token or ticket reads `tenant/user`, or `tenant/user/device`. */
  async identify(credentials: Credentials, device?: string): Promise<Guest> {
    if (this.failWith !== undefined) throw this.failWith as Error;
    const [tenant, user, own] = ('token' in credentials ? credentials.token : credentials.ticket).split('/');
    if (!tenant || !user) throw new PushError('UNAUTHORIZED', 'The token is not valid');
    if (own !== undefined && device !== undefined && own !== device)
      throw new PushError('NOT_ALLOWED', 'The token is for another device');
    const known = device ?? own;
    if (known === undefined) throw new PushError('INVALID', 'Say which device it is', { field: 'device' });
    return { identity: { tenant, user, device: own }, device: known };
  }
  async issueTicket(token: string, device?: string): Promise<Ticket> {
    const { identity, device: known } = await this.identify({ token }, device);
    return { ticket: `${identity.tenant}/${identity.user}/${known}`, expiresAt: 5 };
  }
  refusal(): PushError | undefined {
    return this.refuseWith;
  }

  accept(): never {
    throw new Error('The fake takes no links');
  }
  on(): () => void {
    return () => undefined;
  }
  status(): PushStatus {
    return this.status_;
  }
  now(): number {
    return Date.now();
  }

  private async noted(call: string): Promise<void> {
    this.calls.push(call);
  }
}
