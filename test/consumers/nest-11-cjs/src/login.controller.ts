import { Body, Controller, Post } from '@nestjs/common';
import { tokens } from './tokens';

@Controller('login')
export class LoginController {
  @Post()
  login(@Body() { user }: { user: string }) {
    return tokens.issue('default', { user });
  }
}
