import { Body, Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import { DemoSettings } from '../settings/demo-settings.js';
import { LoginDto, RegisterDto } from './account.dto.js';
import { AccountsService, type LoggedIn } from './accounts.service.js';
import { AuthGuard } from './auth.guard.js';
import { Me } from './me.decorator.js';
import { personView, type Person, type PersonView } from './person.entity.js';

interface Session {
  readonly me: PersonView;
  /** For the browser's subscription to Web Push. */
  readonly webPushKey: string;
}

@Controller('api')
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly settings: DemoSettings,
  ) {}

  @Post('login')
  @HttpCode(200)
  async login(@Body() dto: LoginDto): Promise<Session & { token: string }> {
    return this.welcome(await this.accounts.login(dto));
  }

  @Post('register')
  async register(@Body() dto: RegisterDto): Promise<Session & { token: string }> {
    return this.welcome(await this.accounts.register(dto));
  }

  @Get('me')
  @UseGuards(AuthGuard)
  me(@Me() me: Person): Session {
    return { me: personView(me), webPushKey: this.settings.vapid.publicKey };
  }

  private welcome({ token, me }: LoggedIn): Session & { token: string } {
    return { token, ...this.me(me) };
  }
}
