import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Person } from './person.entity.js';

/** What `AuthGuard` adds to a request. */
export interface WithMe {
  me?: Person;
}

/** The person who is logged in. */
export const Me = createParamDecorator((_: unknown, context: ExecutionContext): Person => {
  const { me } = context.switchToHttp().getRequest<WithMe>();
  if (!me) throw new Error('@Me() needs @UseGuards(AuthGuard)');
  return me;
});
