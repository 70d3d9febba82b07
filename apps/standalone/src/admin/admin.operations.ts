import type { Operation } from 'nest-push/http';
import { issuerOperations } from './issuer.operations.js';
import { keyOperations } from './key.operations.js';
import { tenantOperations } from './tenant.operations.js';

export const adminOperations: readonly Operation[] = [...tenantOperations, ...issuerOperations, ...keyOperations];
