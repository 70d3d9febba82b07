// The packages without any of their optional peers: they start, and what needs one of them says which to install.
import assert from 'node:assert/strict';
import fs from 'node:fs';

const ABSENT = [
  ...['amqplib', 'typeorm', 'libsql', 'pg', 'mysql2', 'socket.io', 'mqtt-packet', 'prom-client'],
  ...['class-validator', 'class-transformer', '@nestjs/websockets', '@nestjs/testing'],
  ...['@opentelemetry/api', '@nestjs/terminus'],
];
/** What the message of each feature has to say; `loads` where nothing is missing. */
const TOLD = {
  rabbitmq: /npm install amqplib/,
  socketio: /npm install socket\.io/,
  mqtt: /npm install mqtt-packet/,
  sqlite: /npm install typeorm libsql/,
  postgres: /npm install typeorm pg/,
  mysql: /npm install typeorm mysql2/,
  metrics: /npm install prom-client/,
  gateways: /npm install .*@nestjs\/websockets/,
  dto: /npm install .*class-validator/,
  tracing: /npm install @opentelemetry\/api/,
  terminus: 'loads',
  testing: 'loads',
};

export async function check({ step, tarballs, appIn, fixture }) {
  const app = appIn('no-peers');
  app.copyFrom(fixture);
  await step('npm install', () => app.install(tarballs));
  const present = ABSENT.filter((name) => fs.existsSync(app.path('node_modules', name)));
  assert.deepEqual(present, [], 'optional peers that were installed without being asked for');

  await step('type-check and build, with our .d.ts', () => app.tool('typescript/bin/tsc', ['-p', 'tsconfig.json']));
  await step('every entry that needs none loads', () =>
    app.processes.run(process.execPath, ['dist/entries.js'], { cwd: app.dir }),
  );
  await step('boot, publish, close', async () => {
    const running = app.start('dist/main.js', [], { PORT: '0' });
    await running.line(/^stored: 1$/);
    assert.equal(await running.ended, 0, running.output);
  });

  const wrong = [];
  await step('each optional feature says what to install', async () => {
    for (const how of ['import', 'require']) wrong.push(...(await untold(app, how)));
  });
  assert.deepEqual(wrong, [], 'features that do not say what to install');
}

async function untold(app, how) {
  const output = await app.processes.run(process.execPath, ['features.mjs', how], { cwd: app.dir });
  const told = [...output.matchAll(/^told (.*)$/gm)].map(([, json]) => JSON.parse(json));
  assert.deepEqual(told.map(({ feature }) => feature).sort(), Object.keys(TOLD).sort(), output);
  return told
    .filter(({ feature, message }) => !isTold(TOLD[feature], message))
    .map(({ feature, message = 'it works without' }) => `${feature} (${how}): ${message}`);
}

/** In the first line: what follows is a stack. */
function isTold(expected, message) {
  if (expected === 'loads') return message === undefined;
  return message !== undefined && expected.test(message.split('\n')[0]);
}
