import { Controller, Get, UseGuards } from '@nestjs/common';
import { PushService } from 'nest-push';
import { AccountsService } from '../accounts/accounts.service.js';
import { AuthGuard } from '../accounts/auth.guard.js';
import { personView, type PersonView } from '../accounts/person.entity.js';

interface PersonHere extends PersonView {
  readonly online: boolean;
  /** Unix milliseconds; absent for somebody who was never here. */
  readonly lastSeenAt?: number;
}

@Controller('api/people')
@UseGuards(AuthGuard)
export class PeopleController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly push: PushService,
  ) {}

  @Get()
  async everybody(): Promise<PersonHere[]> {
    const people = await this.accounts.everybody();
    const presence = await this.push.presence(people.map((person) => person.id));
    return people.map((person, at) => {
      const { online = false, lastSeenAt } = presence[at] ?? {};
      return { ...personView(person), online, lastSeenAt };
    });
  }
}
