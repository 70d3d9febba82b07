import { PushError } from 'push-core';
import { buildOpenApi } from './openapi/document.js';
import type { Operation } from './operation.js';

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
}

/** What one application's HTTP API consists of. */
export interface ApiDescription {
  readonly operations: readonly Operation[];
  readonly bodyLimitBytes: number;
  /** OpenAPI 3.1. */
  readonly document: Readonly<Record<string, unknown>>;
}

const INFO: ApiInfo = { title: 'nest-push', version: '1' };

export function describeApi(
  operations: readonly Operation[],
  { info = {}, bodyLimitBytes = 4 * 1024 * 1024 }: { info?: Partial<ApiInfo>; bodyLimitBytes?: number },
): ApiDescription {
  if (!Number.isInteger(bodyLimitBytes) || bodyLimitBytes < 1) {
    throw new PushError('INVALID', 'bodyLimitBytes must be a whole number of 1 or more', { field: 'bodyLimitBytes' });
  }
  return Object.freeze({ operations, bodyLimitBytes, document: buildOpenApi(operations, { ...INFO, ...info }) });
}
