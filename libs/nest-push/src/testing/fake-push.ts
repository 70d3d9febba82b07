import { createValidator, publishSchema, PushError } from 'push-core';
import type {
  BatchOutcome,
  Device,
  Message,
  PublishInput,
  PublishResult,
  Push,
  PushStatus,
  Subscriber,
} from 'push-core';

/** An engine that keeps everything in maps and delivers nothing: for specs of what stands around it. */
export class FakePush implements Push {
  readonly node = 'fake';
  readonly calls: string[] = [];
  readonly messages = new Map<string, Message>();
  readonly deviceList: Device[] = [];
  readonly topics = new Map<string, string[]>();
  status_: PushStatus = { state: 'started', connections: 0, intakeQueue: 0 };
  failWith: unknown;
  private readonly check = createValidator<PublishInput>(publishSchema, 'message');

  start = () => this.noted('start');
  drain = () => this.noted('drain');
  close = () => this.noted('close');

  async publish(tenant: string, input: PublishInput, extras: { idempotencyKey?: string } = {}): Promise<PublishResult> {
    if (this.failWith !== undefined) throw this.failWith as Error;
    const { to, type, thread, data, options = {} } = this.check(input);
    const id = `m${this.messages.size + 1}`;
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
    return { message, state: 'stored' as const, counts };
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

  accept(): never {
    throw new Error('The fake takes no links');
  }
  on(): () => void {
    return () => undefined;
  }
  status(): PushStatus {
    return this.status_;
  }

  private async noted(call: string): Promise<void> {
    this.calls.push(call);
  }
}
