import { Injectable } from '@nestjs/common';
import { PushHook, type HookAbout } from 'nest-push';
import type { MessageView } from '../messages/message-view.js';

/** A message goes to its sender's other devices too, but nobody's phone rings for what they wrote themselves. */
@Injectable()
export class OwnMessagesHook {
  @PushHook('notify')
  isForSomebodyElse({ user, message }: HookAbout<'notify'>): boolean {
    return message.type !== 'chat.message' || (message.data as MessageView).from !== user;
  }
}
