// Three lanes: `quick` is what `npm test` runs, `cluster` the short runs of clusters under faults, `long` everything. The first two
// leave `*.long.spec.ts` out.
const path = require('node:path');

const lane = process.env.PUSH_TEST_LANE ?? 'quick';
const LEFT_OUT = {
  quick: ['\\.long\\.spec\\.ts$', '/test/chaos/cluster/'],
  cluster: ['\\.long\\.spec\\.ts$'],
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
  'push-client/node': 'libs/push-client/src/node/index.ts',
  'nest-push': 'libs/nest-push/src/index.ts',
  'nest-push/typeorm': 'libs/nest-push/src/typeorm/index.ts',
  'nest-push/gateways': 'libs/nest-push/src/gateways/index.ts',
  'nest-push/rabbitmq': 'libs/nest-push/src/rabbitmq/index.ts',
  'nest-push/ingress': 'libs/nest-push/src/ingress/index.ts',
  'nest-push/http': 'libs/nest-push/src/http/index.ts',
  'nest-push/metrics': 'libs/nest-push/src/metrics/index.ts',
};

/** Packages published as ES modules only; brought to CommonJS like our own files. */
const esmOnly = ['jose'];

/** @type {import('jest').Config} */
module.exports = {
  rootDir: path.resolve(__dirname, '..'),
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/test'],
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...LEFT_OUT[lane]],
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
  transformIgnorePatterns: [`/node_modules/(?!(?:.+/node_modules/)?(?:${esmOnly.join('|')})/)`],
  maxWorkers: 2,
  testTimeout: 30_000,
  verbose: false,
  reporters: ['default', '<rootDir>/test/closing-line.reporter.cjs'],
};
