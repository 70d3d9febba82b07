import {
  applyDecorators,
  Controller,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { ApiKeyGuard } from './api-key.guard.js';
import { ClientGuard } from './client.guard.js';
import { OPERATION } from './metadata.js';
import { routePath, type Operation } from './operation.js';
import { PushProblemFilter } from './problem.filter.js';
import { RequestCheck } from './request-check.js';

/** A controller of the HTTP API: guarded by API key or client token, its input checked, its errors problem documents. */
export const PushController = (): ClassDecorator =>
  applyDecorators(
    Controller({ version: VERSION_NEUTRAL }),
    UseFilters(PushProblemFilter),
    UseGuards(ApiKeyGuard, ClientGuard),
    UseInterceptors(RequestCheck),
  );

/** Makes a method of a `PushController` answer the operation. */
export const Route = (operation: Operation): MethodDecorator =>
  applyDecorators(
    RequestMapping({ path: routePath(operation.path), method: RequestMethod[operation.method] }),
    HttpCode(operation.answer.status),
    SetMetadata(OPERATION, operation),
  );
