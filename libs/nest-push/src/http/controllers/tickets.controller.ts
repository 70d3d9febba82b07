import { Inject } from '@nestjs/common';
import type { Push, Ticket } from 'push-core';
import { PUSH } from '../../tokens.js';
import { CheckedInput, ClientToken, type Input } from '../metadata.js';
import { ticketOperation } from '../openapi/client.operations.js';
import { PushController, Route } from '../route.js';

@PushController()
export class TicketsController {
  constructor(@Inject(PUSH) private readonly push: Push) {}

  @Route(ticketOperation)
  async issue(
    @ClientToken() token: string,
    @CheckedInput() { query }: Input<undefined, { device?: string }>,
  ): Promise<Ticket> {
    const { ticket, expiresAt } = await this.push.issueTicket(token, query.device);
    return { ticket, expiresAt };
  }
}
