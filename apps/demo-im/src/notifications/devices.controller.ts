import { Body, Controller, HttpCode, Param, Put, UseGuards } from '@nestjs/common';
import { PushService } from 'nest-push';
import { DeviceDto } from 'nest-push/dto';
import { AuthGuard } from '../accounts/auth.guard.js';
import { Me } from '../accounts/me.decorator.js';
import { Person } from '../accounts/person.entity.js';

/** Where a browser's subscription to Web Push goes: to the person who is logged in there. */
@Controller('api/devices')
@UseGuards(AuthGuard)
export class DevicesController {
  constructor(private readonly push: PushService) {}

  @Put(':device')
  @HttpCode(204)
  async put(@Me() me: Person, @Param('device') device: string, @Body() dto: DeviceDto): Promise<void> {
    await this.push.putDevice({ user: me.id, device }, { ...dto });
  }
}
