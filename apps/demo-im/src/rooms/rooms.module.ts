import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule } from '../accounts/accounts.module.js';
import { MembershipService } from './membership.service.js';
import { RoomListService } from './room-list.service.js';
import { RoomMember } from './room-member.entity.js';
import { Room } from './room.entity.js';
import { RoomsController } from './rooms.controller.js';
import { RoomsService } from './rooms.service.js';

@Module({
  imports: [AccountsModule, TypeOrmModule.forFeature([Room, RoomMember])],
  controllers: [RoomsController],
  providers: [RoomsService, RoomListService, MembershipService],
  exports: [MembershipService],
})
export class RoomsModule {}
