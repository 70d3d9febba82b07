import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { storeConformance, storeModelConformance } from 'push-core/testing';
import { mysqlHarness } from './mysql-harness.fixture.js';

const runner = { describe, it, beforeEach, afterEach, expect };

describe('MariaDB', () => {
  storeConformance(runner, () => mysqlHarness());
  storeModelConformance(runner, fc, () => mysqlHarness(), 20);
});

describe('MariaDB without a table prefix', () => {
  storeModelConformance(runner, fc, () => mysqlHarness({ tablePrefix: '' }), 3);
});
