import { Inject } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import type { ApiDescription } from '../api-description.js';
import { API_DESCRIPTION } from '../http.tokens.js';
import { openApiOperation } from '../openapi/health.operations.js';
import { PushController, Route } from '../route.js';

@PushController()
export class OpenApiController {
  constructor(
    @Inject(API_DESCRIPTION) private readonly description: ApiDescription,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
  ) {}

  @Route(openApiOperation)
  document(): object {
    const prefix = this.config.getGlobalPrefix().replace(/^\/*|\/*$/g, '');
    return { ...this.description.document, servers: [{ url: `/${prefix}` }] };
  }
}
