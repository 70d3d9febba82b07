import { Inject, Optional, Req, Res } from '@nestjs/common';
import type { Guest, Push } from 'push-core';
import { servePoll } from 'push-core/http';
import type { PushModuleOptions } from '../../push.options.js';
import { PUSH, PUSH_MODULE_OPTIONS } from '../../tokens.js';
import { CheckedInput, ClientGuest, type Input } from '../metadata.js';
import { pollOperation } from '../openapi/client.operations.js';
import { sendProblem } from '../problem.js';
import { takeOver, type HttpArrival, type HttpReply } from '../raw-http.js';
import { PushController, Route } from '../route.js';

type Query = { readonly after?: string; readonly waitMs?: number };

@PushController()
export class PollController {
  constructor(
    @Inject(PUSH) private readonly push: Push,
    @Optional() @Inject(PUSH_MODULE_OPTIONS) private readonly options?: Pick<PushModuleOptions, 'clock'>,
  ) {}

  @Route(pollOperation)
  poll(
    @ClientGuest() guest: Guest,
    @CheckedInput() { query }: Input<undefined, Query>,
    @Req() arrival: HttpArrival,
    @Res() reply: HttpReply,
  ): void {
    const { request, response } = takeOver(arrival, reply);
    servePoll(this.push, request, response, {
      ...guest,
      after: query.after || undefined,
      waitMs: query.waitMs,
      refuse: (error) => sendProblem(response, error),
      clock: this.options?.clock,
    });
  }
}
