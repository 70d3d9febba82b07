import type { Provider, Type } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { PUSH } from 'nest-push';
import type { Operation } from 'nest-push/http';
import type { Push } from 'push-core';
import { AuditController } from './audit/audit.controller.js';
import { AuditInterceptor } from './audit/audit.interceptor.js';
import { auditOperations } from './audit/audit.operations.js';
import { AUDIT_LOG, AUDIT_STORE } from './audit/audit.tokens.js';
import type { Backstage } from './backstage.js';
import { sessionOperations } from './people/console.operations.js';
import { DESK } from './people/desk.js';
import { OidcController } from './people/oidc/oidc.controller.js';
import { oidcOperations } from './people/oidc/oidc.operations.js';
import { OIDC } from './people/oidc/oidc.tokens.js';
import { PeopleController } from './people/people.controller.js';
import { peopleOperations } from './people/people.operations.js';
import { SessionController } from './people/session.controller.js';
import { StatsController } from './stats/stats.controller.js';
import { statsOperations } from './stats/stats.operations.js';
import { STATS } from './stats/stats.tokens.js';

/** What the backstage adds to a process that answers the API. */
export interface BackstageRoutes {
  readonly operations: readonly Operation[];
  readonly controllers: readonly Type[];
  readonly providers: readonly Provider[];
}

export function routesOf(backstage: Backstage): BackstageRoutes {
  const { desk, oidc } = backstage;
  return {
    operations: [
      ...auditOperations,
      ...statsOperations,
      ...(desk ? [...sessionOperations, ...peopleOperations] : []),
      ...(oidc ? oidcOperations : []),
    ],
    controllers: [
      AuditController,
      StatsController,
      ...(desk ? [SessionController, PeopleController] : []),
      ...(oidc ? [OidcController] : []),
    ],
    providers: [
      { provide: AUDIT_LOG, useValue: backstage.audit },
      { provide: AUDIT_STORE, useValue: backstage.auditStore },
      { provide: STATS, useFactory: (push: Push) => backstage.stats(push), inject: [PUSH] },
      { provide: APP_INTERCEPTOR, useClass: AuditInterceptor },
      ...(desk ? [{ provide: DESK, useValue: desk }] : []),
      ...(oidc ? [{ provide: OIDC, useValue: oidc }] : []),
    ],
  };
}
