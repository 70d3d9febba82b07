import { Catch, HttpException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { isPushError } from 'push-core';

/** What the push refuses reaches the page in Nest's own form, as any other refusal of this backend. */
@Catch()
export class PushErrorFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    if (!isPushError(error)) return super.catch(error, host);
    const { status, code, message, retryable } = error;
    super.catch(new HttpException({ statusCode: status, message, code, retryable }, status), host);
  }
}
