import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { RoomsModule } from '../rooms/rooms.module.js';
import { PeopleController } from './people.controller.js';
import { PresenceListener } from './presence.listener.js';

@Module({
  imports: [AccountsModule, RoomsModule],
  controllers: [PeopleController],
  providers: [PresenceListener],
})
export class PresenceModule {}
