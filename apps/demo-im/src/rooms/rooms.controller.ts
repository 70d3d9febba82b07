import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { AuthGuard } from '../accounts/auth.guard.js';
import { Me } from '../accounts/me.decorator.js';
import { Person } from '../accounts/person.entity.js';
import { RoomListService } from './room-list.service.js';
import type { RoomView } from './room-view.js';
import { OpenRoomDto } from './room.dto.js';
import { RoomsService } from './rooms.service.js';

@Controller('api/rooms')
@UseGuards(AuthGuard)
export class RoomsController {
  constructor(
    private readonly rooms: RoomsService,
    private readonly list: RoomListService,
  ) {}

  @Get()
  mine(@Me() me: Person): Promise<RoomView[]> {
    return this.list.roomsOf(me.id);
  }

  @Post()
  async open(@Me() me: Person, @Body() dto: OpenRoomDto): Promise<RoomView> {
    const { room, isNew } = await this.rooms.open(me, dto);
    if (isNew) return room;
    const known = (await this.list.roomsOf(me.id)).find((one) => one.id === room.id);
    return known ?? room;
  }

  @Post(':id/typing')
  @HttpCode(204)
  async typing(@Me() me: Person, @Param('id') id: string): Promise<void> {
    await this.rooms.typing(me, id);
  }
}
