import { Injectable, UnauthorizedException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AccountsService } from './accounts.service.js';
import type { WithMe } from './me.decorator.js';

/** Lets in who brings a login of ours, and says who it is: see `@Me()`. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly accounts: AccountsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<WithMe & { headers: { authorization?: string } }>();
    const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const me = token === undefined ? undefined : await this.accounts.whoHas(token);
    if (!me) throw new UnauthorizedException('Log in first');
    request.me = me;
    return true;
  }
}
