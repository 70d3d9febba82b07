import { Injectable, Logger } from '@nestjs/common';
import { OnPush, type PushEvent } from 'nest-push';
import { Message } from './message';

export interface Receipt {
  text: string;
  user: string;
  device: string;
}

/** Who has what: the second tick. */
@Injectable()
export class ReceiptsService {
  readonly receipts: Receipt[] = [];
  private readonly logger = new Logger(ReceiptsService.name);

  @OnPush('delivered')
  async delivered(event: PushEvent<'delivered'>) {
    const { user, device } = event;
    for (const { data } of await event.messages()) {
      const { text } = data as Message;
      this.receipts.push({ text, user, device });
      this.logger.log(`${user} has "${text}" on ${device}`);
    }
  }
}
