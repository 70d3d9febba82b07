import { Inject } from '@nestjs/common';
import { PushError, type Guest, type MarkRequest, type Push } from 'push-core';
import { PUSH } from '../../tokens.js';
import { CheckedInput, ClientGuest, type Input } from '../metadata.js';
import { acknowledgeOperation, openedOperation, readOperation } from '../openapi/client.operations.js';
import { PushController, Route } from '../route.js';

/** What a client whose transport only brings it messages has to say. */
@PushController()
export class ClientController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(acknowledgeOperation)
  async acknowledge(
    @ClientGuest() { identity, device }: Guest,
    @CheckedInput() { body }: Input<{ s: string; seq: number }>,
  ): Promise<void> {
    const { tenant, user } = identity;
    await this.push.acknowledge({ tenant, user, device }, body.s, body.seq);
  }

  @Route(readOperation)
  async read(
    @ClientGuest() { identity, device }: Guest,
    @CheckedInput() { body }: Input<MarkRequest>,
  ): Promise<{ unread: number }> {
    const { tenant, user } = identity;
    const { unread } = await this.push.markRead({ tenant, user, device }, body);
    return { unread };
  }

  /** Of a notification to this very device: user and device are those of the token. */
  @Route(openedOperation)
  async opened(
    @ClientGuest() { identity, device }: Guest,
    @CheckedInput() { body }: Input<{ id: string }>,
  ): Promise<void> {
    const { tenant, user } = identity;
    const report = { kind: 'opened', user, device, messageId: body.id } as const;
    if (await this.push.notifications.report(tenant, report)) return;
    throw new PushError('NOT_FOUND', 'This device was sent no such notification');
  }
}
