import { BadRequestException, Controller, Get, NotFoundException, Param, Query, UseGuards } from '@nestjs/common';
import { PushService } from 'nest-push';
import type { Explanation } from 'push-core';
import { AuthGuard } from '../accounts/auth.guard.js';
import { Me } from '../accounts/me.decorator.js';
import { Person } from '../accounts/person.entity.js';
import { HistoryService } from '../messages/history.service.js';
import { ExplainDto } from './explain.dto.js';

/** What became of a message, step by step, for one of the others in its room or for all of them. */
@Controller('api/explain')
@UseGuards(AuthGuard)
export class ExplainController {
  constructor(
    private readonly history: HistoryService,
    private readonly push: PushService,
  ) {}

  @Get(':messageId')
  async explain(
    @Me() me: Person,
    @Param('messageId') id: string,
    @Query() { user }: ExplainDto,
  ): Promise<Record<string, Explanation>> {
    const { message, members } = await this.history.messageFor(me, id);
    const { pushId } = message;
    if (pushId === null) throw new NotFoundException('This message was there from the beginning; it was never pushed');
    const all = members.map((member) => member.personId);
    if (user !== undefined && !all.includes(user)) throw new BadRequestException(`user: ${user} is not in this room`);
    const asked = user === undefined ? all.filter((one) => one !== message.from) : [user];
    const stories = await Promise.all(asked.map(async (one) => [one, await this.push.explain(pushId, one)] as const));
    return Object.fromEntries(stories);
  }
}
