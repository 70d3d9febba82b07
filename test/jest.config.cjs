// Three lanes: `quick` is what `npm test` runs; `faults` the short runs under faults, and in browsers (`npm run test:faults`); `long`
// everything. The first two leave `*.long.spec.ts` out.
const path = require('node:path');

const lane = process.env.PUSH_TEST_LANE ?? 'quick';
const LEFT_OUT = {
  quick: ['\\.long\\.spec\\.ts$', '/test/chaos/', '/test/browser/'],
  faults: ['\\.long\\.spec\\.ts$'],
  long: [],
};
if (!(lane in LEFT_OUT)) {
  throw new Error(`PUSH_TEST_LANE must be one of ${Object.keys(LEFT_OUT).join(', ')}, not "${lane}"`);
}

/** The packages are tested from their sources, by the names their users import. Same list as "paths" in tsconfig.json. */
const sources = {
  'push-core': 'libs/push-core/src/index.ts',
  'push-core/wire': 'libs/push-core/src/wire.ts',
  'push-core/websocket': 'libs/push-core/src/transports/websocket/index.ts',
  'push-core/socketio': 'libs/push-core/src/transports/socketio/index.ts',
  'push-core/adopt': 'libs/push-core/src/transports/adopt/index.ts',
  'push-core/http': 'libs/push-core/src/transports/http/index.ts',
  'push-core/mqtt': 'libs/push-core/src/transports/mqtt/index.ts',
  'push-core/providers': 'libs/push-core/src/providers/index.ts',
  'push-core/testing': 'libs/push-core/src/testing/index.ts',
  'push-client': 'libs/push-client/src/index.ts',
  'push-client/fallback': 'libs/push-client/src/fallback/index.ts',
  'push-client/webpush': 'libs/push-client/src/webpush/index.ts',
  'push-client/e2ee': 'libs/push-client/src/e2ee/index.ts',
  'push-client/node': 'libs/push-client/src/node/index.ts',
  'nest-push': 'libs/nest-push/src/index.ts',
  'nest-push/typeorm': 'libs/nest-push/src/typeorm/index.ts',
  'nest-push/gateways': 'libs/nest-push/src/gateways/index.ts',
  'nest-push/rabbitmq': 'libs/nest-push/src/rabbitmq/index.ts',
  'nest-push/ingress': 'libs/nest-push/src/ingress/index.ts',
  'nest-push/http': 'libs/nest-push/src/http/index.ts',
  'nest-push/metrics': 'libs/nest-push/src/metrics/index.ts',
  'nest-push/dto': 'libs/nest-push/src/dto/index.ts',
  'nest-push/tracing': 'libs/nest-push/src/tracing/index.ts',
  'nest-push/terminus': 'libs/nest-push/src/health/index.ts',
  'nest-push/testing': 'libs/nest-push/src/testing/index.ts',
};

/** @type {import('jest').Config} */
module.exports = {
  rootDir: path.resolve(__dirname, '..'),
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/test/consumers/', ...LEFT_OUT[lane]],
  modulePathIgnorePatterns: ['<rootDir>/(libs|apps)/[^/]+/dist/'],
  moduleNameMapper: {
    ...Object.fromEntries(Object.entries(sources).map(([name, file]) => [`^${name}$`, `<rootDir>/${file}`])),
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '\\.[cm]?[jt]sx?$': [
      '@swc/jest',
      {
        swcrc: false,
        configFile: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
  maxWorkers: 2,
  // Of tests and hooks that name none: long, for a machine that does other things as well.
  testTimeout: 90_000,
  verbose: false,
  reporters: ['default', '<rootDir>/test/closing-line.reporter.cjs'],
};
