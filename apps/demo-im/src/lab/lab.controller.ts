import { Controller, Get, HttpCode, NotFoundException, Post, Res, UseGuards } from '@nestjs/common';
import { PushService } from 'nest-push';
import type { ServerResponse } from 'node:http';
import { AuthGuard } from '../accounts/auth.guard.js';
import { DemoSettings } from '../settings/demo-settings.js';
import { Executioner } from './executioner.js';

interface LabState {
  /** Whether the server may be killed from here. */
  readonly lab: boolean;
  readonly pid: number;
  readonly uptimeMs: number;
  readonly connections: number;
}

/** Shows that nothing is lost when the server dies in the middle of a conversation. */
@Controller('api/lab')
@UseGuards(AuthGuard)
export class LabController {
  constructor(
    private readonly settings: DemoSettings,
    private readonly push: PushService,
    private readonly executioner: Executioner,
  ) {}

  @Get()
  state(): LabState {
    const { connections } = this.push.engine.status();
    return { lab: this.settings.lab, pid: process.pid, uptimeMs: Math.round(process.uptime() * 1000), connections };
  }

  @Post('kill')
  @HttpCode(202)
  kill(@Res({ passthrough: true }) response: ServerResponse): { pid: number } {
    if (!this.settings.lab) throw new NotFoundException('The lab is closed: DEMO_LAB is off');
    response.once('finish', () => this.executioner.kill());
    return { pid: process.pid };
  }
}
