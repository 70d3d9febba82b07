import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const TYPESCRIPT = ['**/*.{ts,tsx,mts,cts}'];
const TESTS = ['**/*.spec.ts', 'test/**/*.ts'];

// ---- the dependency law: apps → nest-push → push-core; push-client sees only the wire types -------------------------

const LAW = 'Dependency law: apps → nest-push → push-core; push-client knows only the types of push-core/wire.';
const DEEP = 'Import a package by its public names, not by the files inside it.';

/** `names` and everything under them may not be imported, in any form. */
function forbidden(names, message = LAW) {
  return { regex: `^(${names.join('|')})(/|$)`, message };
}
const insideOurs = { regex: '^(push-core|push-client|nest-push)/(src|dist)(/|$)', message: DEEP };
const outOfPackage = {
  regex: '^(\\.\\./)+(libs|apps|push-core|push-client|nest-push|standalone|demo-im)/',
  message: LAW,
};

function importLaw(...patterns) {
  return {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns: [insideOurs, outOfPackage, ...patterns] }],
  };
}

/** The same for `await import('x')` and `require('x')`, which the import rule does not see. */
function lazyImports(names, message = LAW) {
  const value = `[value=/^(${names.join('|').replaceAll('/', '\\u002F')})(\\u002F|$)/]`;
  return [
    { selector: `ImportExpression > Literal${value}`, message },
    { selector: `CallExpression[callee.name=/^require/] > Literal${value}`, message },
  ];
}

const ABOVE_CORE = [
  '@nestjs',
  'typeorm',
  'amqplib',
  'class-validator',
  'class-transformer',
  'nest-push',
  'push-client',
];
const ABOVE_NEST = ['push-client', 'standalone', 'demo-im'];

// ---- the law of time and chance: push-core takes its clock, its randomness and its ids from outside ------------------

const TIME = 'Time, chance and ids come through the Clock, Random and Ids that are passed in.';
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'];
const timeGlobals = [...TIMERS, 'performance'].map((name) => ({ name, message: TIME }));
const timeSyntax = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: TIME },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: TIME },
  { selector: "CallExpression[callee.name='Date']", message: TIME },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: TIME },
  { selector: 'MemberExpression[property.name=/^(randomUUID|randomBytes|randomInt|getRandomValues)$/]', message: TIME },
  { selector: 'ImportSpecifier[imported.name=/^(randomUUID|randomBytes|randomInt|getRandomValues)$/]', message: TIME },
  { selector: `MemberExpression[object.name='globalThis'][property.name=/^(${TIMERS.join('|')})$/]`, message: TIME },
  { selector: 'ImportDeclaration[source.value=/^(node:)?(timers|perf_hooks)(\\u002F|$)/]', message: TIME },
];

// ---- libraries leave the process alone ------------------------------------------------------------------------------

const PROCESS = 'A library reads no environment, installs no process handlers and never exits; options are passed in.';
const CONSOLE = 'A library does not print; it takes a logger.';
const processSyntax = [
  {
    selector: "MemberExpression[object.name='process'][property.name=/^(on|once|exit|env|exitCode|kill)$/]",
    message: PROCESS,
  },
  { selector: 'ImportDeclaration[source.value=/^(node:)?process$/]', message: PROCESS },
];

const FOCUS = 'A focused or skipped test hides the others; fix it or delete it.';
const testSyntax = [
  { selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip)$/]', message: FOCUS },
  { selector: 'CallExpression[callee.name=/^(fit|fdescribe|xit|xtest|xdescribe)$/]', message: FOCUS },
];

const NODE_GLOBALS = Object.fromEntries(
  [
    ...['process', 'console', 'Buffer', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'AbortController'],
    ...['AbortSignal', 'Event', 'EventTarget', 'fetch', 'Response', 'Request', 'Headers', 'crypto', 'performance'],
    ...['structuredClone', 'queueMicrotask', 'WebAssembly', 'WebSocket', 'BroadcastChannel', ...TIMERS],
  ].map((name) => [name, 'readonly']),
);
const CJS_GLOBALS = {
  module: 'writable',
  exports: 'writable',
  require: 'readonly',
  __dirname: 'readonly',
  __filename: 'readonly',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', 'data/**', 'docs/!(examples)/**', 'bench/node_modules/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,

  // Every TypeScript file, with types.
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.mts', '.cts'] },
      'import-x/extensions': ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'],
      'import-x/resolver-next': [
        createNodeResolver({
          extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
          extensionAlias: { '.js': ['.ts', '.js'], '.mjs': ['.mts', '.mjs'], '.cjs': ['.cts', '.cjs'] },
          conditionNames: ['types', 'import', 'node', 'default'],
        }),
      ],
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A contract promises a Promise also where this implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // tsc says it, with the types at hand.
      'no-undef': 'off',
      'no-empty': ['error', { allowEmptyCatch: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': [
        'error',
        {
          basePath: import.meta.dirname,
          zones: [
            {
              target: './libs/push-core/src',
              from: ['./libs/nest-push', './libs/push-client', './apps', './test'],
              message: LAW,
            },
            { target: './libs/nest-push/src', from: ['./libs/push-client', './apps', './test'], message: LAW },
            { target: './libs/push-client/src', from: ['./libs/nest-push', './apps', './test'], message: LAW },
            { target: './apps/standalone', from: './apps/demo-im', message: LAW },
            { target: './apps/demo-im', from: './apps/standalone', message: LAW },
          ],
        },
      ],
    },
  },

  // Size: one idea a file.
  {
    files: ['libs/**/*.ts', 'apps/**/*.ts'],
    ignores: TESTS,
    rules: { 'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }] },
  },

  // Libraries in general.
  {
    files: ['libs/*/src/**/*.ts'],
    ignores: TESTS,
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', { name: 'console', message: CONSOLE }],
      'no-restricted-syntax': ['error', ...processSyntax],
    },
  },
  {
    files: ['libs/push-core/src/**/*.ts'],
    rules: importLaw(forbidden(ABOVE_CORE), forbidden(['push-core'], 'Inside the package, import by relative path.')),
  },
  {
    files: ['libs/push-core/src/**/*.ts'],
    ignores: TESTS,
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'console', message: CONSOLE },
        { name: 'process', message: PROCESS },
        ...timeGlobals,
      ],
      'no-restricted-syntax': ['error', ...processSyntax, ...lazyImports(ABOVE_CORE), ...timeSyntax],
    },
  },
  {
    // The rooms where time, chance and ids are made, and the published test tools, which have a real runner around them.
    files: [
      'libs/push-core/src/{clock,ids,testing}/**/*.ts',
      'libs/push-core/src/ids*.ts',
      'libs/push-core/src/model/ids*.ts',
    ],
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', { name: 'console', message: CONSOLE }, { name: 'process', message: PROCESS }],
      'no-restricted-syntax': ['error', ...processSyntax, ...lazyImports(ABOVE_CORE)],
    },
  },
  {
    files: ['libs/nest-push/src/**/*.ts'],
    rules: importLaw(forbidden(ABOVE_NEST), forbidden(['nest-push'], 'Inside the package, import by relative path.')),
  },
  {
    files: ['libs/nest-push/src/**/*.ts'],
    ignores: TESTS,
    rules: { 'no-restricted-syntax': ['error', ...processSyntax, ...lazyImports(ABOVE_NEST)] },
  },
  {
    // The SDK: no dependency but the wire types; its Node entry may also use ws and what Node brings.
    files: ['libs/push-client/src/**/*.ts'],
    ignores: [...TESTS, 'libs/push-client/src/node/**'],
    rules: {
      ...importLaw(
        { regex: '^(?!\\.{1,2}(/|$)|push-core/wire$)', message: LAW },
        { regex: '^push-core/wire$', allowTypeImports: true, message: LAW },
      ),
      'no-restricted-syntax': [
        'error',
        ...processSyntax,
        { selector: 'ImportExpression > Literal[value=/^[^.]/]', message: LAW },
      ],
    },
  },
  {
    files: ['libs/push-client/src/node/**/*.ts'],
    ignores: TESTS,
    rules: {
      ...importLaw(
        { regex: '^(?!\\.{1,2}(/|$)|push-core/wire$|ws$|node:)', message: LAW },
        { regex: '^push-core/wire$', allowTypeImports: true, message: LAW },
      ),
      'no-restricted-syntax': [
        'error',
        ...processSyntax,
        { selector: 'ImportExpression > Literal[value=/^(?!\\.|node:|ws$)/]', message: LAW },
      ],
    },
  },

  // Apps: never each other.
  { files: ['apps/standalone/**/*.ts'], rules: importLaw(forbidden(['demo-im'])) },
  { files: ['apps/demo-im/**/*.ts'], rules: importLaw(forbidden(['standalone'])) },

  // Tests: looser about types of what they poke at, strict about hiding other tests.
  {
    files: TESTS,
    rules: {
      'no-restricted-syntax': ['error', ...testSyntax],
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },

  // Scripts.
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: NODE_GLOBALS },
    rules: {
      'no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
    },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: CJS_GLOBALS } },
);
