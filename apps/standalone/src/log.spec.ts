import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { PushError } from 'push-core';
import { ManualClock } from 'push-core/testing';
import { watchDatabase } from './database-watch.js';
import { nestLog } from './log.js';

function recorder(level = 'info') {
  const lines: { level: number; msg: string; repeated?: number; context?: string }[] = [];
  const log = pino({ level, base: undefined }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { log, lines, texts: () => lines.map(({ msg }) => msg) };
}

describe('the log', () => {
  it('tells a line that comes over and over once a minute, and how often it came', async () => {
    const { log, lines } = recorder();
    const clock = new ManualClock();
    const nest = nestLog(log, clock);
    for (let at = 0; at < 50; at++) nest.warn('sweep: no answer', 'PushModule');
    nest.warn('another line', 'PushModule');
    expect(lines.map(({ msg }) => msg)).toEqual(['sweep: no answer', 'another line']);
    await clock.advance(60_000);
    nest.warn('sweep: no answer', 'PushModule');
    expect(lines.at(-1)).toMatchObject({ msg: 'sweep: no answer', repeated: 49 });
  });

  it('shows the engine’s own changes, and start-up chatter only at debug', () => {
    const { log, texts } = recorder();
    const nest = nestLog(log);
    nest.log('Mapped {/healthz, GET} route', 'RouterExplorer');
    nest.log('The broker is there again', 'PushModule');
    expect(texts()).toEqual(['The broker is there again']);
  });

  it('tells once that the database is degraded, and once that it has recovered', async () => {
    const { log, lines } = recorder();
    let heard: (event: { during: string; error: unknown }) => void = () => {};
    let trouble: string | undefined;
    const push = {
      on: (_: string, listener: typeof heard) => {
        heard = listener;
        return () => {};
      },
      status: () => ({ trouble }),
    } as unknown as Parameters<typeof watchDatabase>[0];
    const clock = new ManualClock();
    const stop = watchDatabase(push, log, clock);
    const fail = (error: unknown) => {
      trouble = 'sweep';
      heard({ during: 'sweep', error });
    };
    fail(new TypeError('nothing to do with the database'));
    expect(lines).toEqual([]);
    for (let at = 0; at < 3; at++) fail(new PushError('STORE_UNAVAILABLE', 'The database did not answer'));
    await clock.advance(5_000);
    expect(lines.map(({ msg }) => msg)).toEqual(['the database is degraded: The database did not answer']);
    trouble = undefined;
    await clock.advance(5_000);
    expect(lines.map(({ msg }) => msg)).toEqual([expect.anything(), 'the database has recovered']);
    fail(new PushError('STORE_FULL', 'The database has no space left'));
    expect(lines).toHaveLength(3);
    stop();
  });
});
