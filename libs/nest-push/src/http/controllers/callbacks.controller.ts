import { Inject, Req } from '@nestjs/common';
import { CALLBACKS } from '../http.tokens.js';
import { CheckedInput, type HttpRequest, type Input } from '../metadata.js';
import { callbackOperation } from '../openapi/notification.operations.js';
import type { Callbacks } from '../../offline/callbacks.js';
import { PushController, Route } from '../route.js';

/** What providers tell later. Each vendor's callback address is set at the vendor to this path. */
@PushController()
export class CallbacksController {
  constructor(@Inject(CALLBACKS) private readonly callbacks: Callbacks) {}

  @Route(callbackOperation)
  async take(@Req() { headers }: HttpRequest, @CheckedInput() { params, body }: Input<string>): Promise<object> {
    await this.callbacks.take({ tenant: params.tenant!, provider: params.provider!, headers, body });
    // Huawei takes nothing else for a success; the others look at the status alone.
    return { code: '0', message: 'success' };
  }
}
