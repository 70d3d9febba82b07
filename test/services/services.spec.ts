import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { Estate } from './estate.js';
import { Firewall } from './firewall.js';
import { PrivateMariaDb } from './mariadb.js';
import { describeWith } from './needs.js';
import { OtherClock } from './other-clock.js';
import { OwnProcess } from './own-process.js';
import { PrivatePostgres } from './postgres.js';
import { isAlive, processStatus, processTree } from './process-tree.js';
import { PrivateRabbit } from './rabbit.js';
import { SmallDisk } from './small-disk.js';

const PATIENCE_MS = 180_000;

/** The servers are what they claim to be: otherwise a test that kills one says nothing. */
describe('private services', () => {
  let estate: Estate;
  beforeAll(() => void (estate = new Estate()));
  afterAll(() => estate.close());

  describeWith(['postgres'], 'PostgreSQL', () => {
    it(
      'keeps what it committed across kill -9 of it and its children',
      async () => {
        const postgres = await PrivatePostgres.start(estate);
        await postgres.sql('CREATE TABLE t (n int); INSERT INTO t VALUES (1)');
        await postgres.kill9();
        await expect(postgres.sql('SELECT 1')).rejects.toThrow();
        await postgres.restart();
        expect(await postgres.sql('SELECT n FROM t')).toEqual([{ n: 1 }]);
        expect(await postgres.sql('SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
      },
      PATIENCE_MS,
    );
  });

  describeWith(['mariadb'], 'MariaDB', () => {
    it(
      'keeps what it committed across kill -9',
      async () => {
        const mariadb = await PrivateMariaDb.start(estate);
        await mariadb.sql('CREATE TABLE push.t (n int)');
        await mariadb.sql('INSERT INTO push.t VALUES (1)');
        await mariadb.kill9();
        await expect(mariadb.sql('SELECT 1')).rejects.toThrow();
        await mariadb.restart();
        expect(await mariadb.sql('SELECT n FROM push.t')).toEqual([{ n: 1 }]);
      },
      PATIENCE_MS,
    );
  });

  describeWith(['rabbitmq'], 'RabbitMQ', () => {
    it(
      'raises and calms alarms, hangs and goes on, dies and comes back, without another broker noticing',
      async () => {
        const rabbit = await PrivateRabbit.start(estate);
        await rabbit.alarm('memory');
        expect(await rabbit.control('eval', 'rabbit_alarm:get_alarms().')).toContain('memory');
        await rabbit.calm('memory');
        expect(await rabbit.connections()).toEqual([]);
        rabbit.stop();
        expect(await heard(rabbit.port, 500)).toBe(false);
        rabbit.continue();
        expect(await heard(rabbit.port, 20_000)).toBe(true);
        await rabbit.kill9();
        expect(await heard(rabbit.port, 500)).toBe(false);
        await rabbit.restart();
        expect(await heard(rabbit.port, 20_000)).toBe(true);
      },
      PATIENCE_MS,
    );
  });
});

/** Whether the broker answers the protocol's first bytes. */
function heard(port: number, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\0\0\x09\x01'));
    const done = (answer: boolean): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(answer);
    };
    const late = setTimeout(() => done(false), patienceMs);
    socket.on('data', () => done(true));
    socket.on('error', () => done(false));
  });
}

describeWith(['firewall'], 'a firewall of one’s own', () => {
  it('swallows packets of one port until it is healed, one way or both', async () => {
    await Estate.with(async (estate) => {
      const echo = estate.start(process.execPath, [
        '-e',
        `const s = require('net').createServer(c => c.pipe(c)); s.listen(0, '127.0.0.1', () => console.log(s.address().port))`,
      ]);
      await eventually(() => /\d+\n/.test(echo.output));
      const port = Number(echo.output);
      const socket = connect(port, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => (text += String(chunk)));
      socket.write('a');
      await eventually(() => text === 'a');
      const firewall = Firewall.open(estate);
      firewall.cut(port, ['from']);
      socket.write('b');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(text).toBe('a');
      firewall.heal();
      await eventually(() => text === 'ab');
      socket.destroy();
    });
  }, 60_000);
});

describeWith(['small disks'], 'a small disk', () => {
  it('is full when it is full, and has room again when it grows', async () => {
    await Estate.with(async (estate) => {
      const disk = SmallDisk.mount(estate, 1 << 20);
      expect(() => writeFileSync(path.join(disk.folder, 'a'), Buffer.alloc(2 << 20))).toThrow(/ENOSPC/);
      disk.resize(4 << 20);
      writeFileSync(path.join(disk.folder, 'b'), Buffer.alloc(1 << 20));
      expect(disk.freeBytes).toBeGreaterThan(0);
    });
  });
});

describeWith(['other clocks'], 'another clock', () => {
  it('is moved while its process runs, and leaves its timers alone', async () => {
    await Estate.with(async (estate) => {
      const clock = OtherClock.make(estate);
      const teller = estate.start(process.execPath, ['-e', 'setInterval(() => console.log(Date.now()), 20)'], {
        env: { ...process.env, ...clock.env },
      });
      const said = (): number => Number(teller.output.trim().split('\n').at(-1));
      await eventually(() => Math.abs(said() - Date.now()) < 5_000);
      clock.set(7_200);
      await eventually(() => Math.abs(said() - Date.now() - 7_200_000) < 5_000);
      clock.set(-7_200);
      await eventually(() => Math.abs(said() - Date.now() + 7_200_000) < 5_000);
    });
  }, 60_000);
});

describe('an estate', () => {
  it('stops and ends a process with all that came from it', async () => {
    await Estate.with(async (estate) => {
      const parent = estate.start('sh', ['-c', 'sh -c "sleep 600; true" & sleep 600; true']);
      await eventually(() => processTree(parent.pid).length >= 4);
      const tree = processTree(parent.pid);
      parent.stop();
      await eventually(() => tree.every((pid) => processStatus(pid)?.state === 'T'));
      parent.continue();
      await parent.kill9();
      expect(tree.filter(isAlive)).toEqual([]);
    });
  }, 60_000);

  it('is cleared by its warden where the test’s process dies', async () => {
    const inner = `
      const { spawn } = require('child_process');
      const fs = require('fs');
      const warden = spawn(process.execPath, [${JSON.stringify(path.join(__dirname, 'warden.cjs'))}], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
      const child = spawn('sh', ['-c', 'sleep 600; true'], { detached: true, stdio: 'ignore' });
      const folder = fs.mkdtempSync(require('os').tmpdir() + '/push-estate-');
      const stat = fs.readFileSync('/proc/' + child.pid + '/stat', 'utf8');
      const born = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
      warden.stdin.write(JSON.stringify({ own: child.pid, born }) + '\\n' + JSON.stringify({ folder }) + '\\n');
      console.log(child.pid + ' ' + folder);
      setInterval(() => {}, 1000);`;
    const dying = spawn(process.execPath, ['-e', inner], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve) => dying.stdout.once('data', (text) => resolve(String(text))));
    const [pid, folder] = line.trim().split(' ') as [string, string];
    expect(isAlive(Number(pid)) && existsSync(folder)).toBe(true);
    dying.kill('SIGKILL');
    await eventually(() => !isAlive(Number(pid)) && !existsSync(folder), 20_000);
  }, 60_000);

  it('names the program that is not there', () => {
    expect(() => OwnProcess.start('no-such-program', []).pid).toThrow();
  });
});
