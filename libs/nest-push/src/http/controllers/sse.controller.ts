import { Inject, Optional, Req, Res } from '@nestjs/common';
import type { Guest, Push } from 'push-core';
import { serveSse } from 'push-core/http';
import type { PushModuleOptions } from '../../push.options.js';
import { PUSH, PUSH_MODULE_OPTIONS } from '../../tokens.js';
import { CheckedInput, ClientGuest, type Input } from '../metadata.js';
import { sseOperation } from '../openapi/client.operations.js';
import { sendProblem } from '../problem.js';
import { takeOver, type HttpArrival, type HttpReply } from '../raw-http.js';
import { PushController, Route } from '../route.js';

type Query = { readonly follow?: readonly string[]; readonly lastEventId?: string };

@PushController()
export class SseController {
  constructor(
    @Inject(PUSH) private readonly push: Push,
    @Optional() @Inject(PUSH_MODULE_OPTIONS) private readonly options?: Pick<PushModuleOptions, 'clock'>,
  ) {}

  @Route(sseOperation)
  stream(
    @ClientGuest() guest: Guest,
    @CheckedInput() { query, headers }: Input<undefined, Query>,
    @Req() arrival: HttpArrival,
    @Res() reply: HttpReply,
  ): void {
    // An EventSource that comes back sends the header; what its URL says is then out of date.
    const header = headers['Last-Event-ID'] || undefined;
    const { request, response } = takeOver(arrival, reply);
    serveSse(this.push, request, response, {
      ...guest,
      follow: query.follow,
      lastEventId: header ?? (query.lastEventId || undefined),
      lastEventIdField: header === undefined ? 'lastEventId' : 'Last-Event-ID',
      refuse: (error) => sendProblem(response, error),
      clock: this.options?.clock,
    });
  }
}
