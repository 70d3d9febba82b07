import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { systemClock, type Clock } from 'push-core';
import type { LogLevel } from './config.js';
import { Repeats } from './repeats.js';

export type { Logger };

/** JSON lines; readable ones on a terminal. Written at once, so that the last line before an end is not lost. */
export function createLog(level: LogLevel, terminal: boolean): Logger {
  const options = { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime };
  if (!terminal) return pino(options, pino.destination({ dest: 1, sync: true }));
  return pino(options, pretty({ sync: true, colorize: true, translateTime: 'SYS:HH:MM:ss', ignore: 'hostname,pid' }));
}

/** The engine's own word on what changes is wanted; the rest of what Nest reports is start-up chatter. */
const ENGINE = 'PushModule';

/**
 * Nest's messages and those of the libraries, into the same log; start-up chatter only at level `debug`. What fails over
 * and over is told once a minute.
 */
export function nestLog(log: Logger, clock: Clock = systemClock): LoggerService {
  const repeats = new Repeats(clock);
  const write = (level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal') => {
    return (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1);
      const said = message instanceof Error ? message.message : text(message);
      const { now, before } = repeats.say(`${level} ${String(context)} ${said}`);
      if (!now) return;
      const repeated = before > 0 ? before : undefined;
      if (message instanceof Error) log[level]({ context, repeated, err: message }, said);
      else log[level]({ context, repeated, stack: rest.length > 1 ? rest[0] : undefined }, said);
    };
  };
  const [info, debug] = [write('info'), write('debug')];
  return {
    log: (message: unknown, ...rest: unknown[]) => (rest.at(-1) === ENGINE ? info : debug)(message, ...rest),
    debug,
    verbose: write('trace'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}

const text = (message: unknown): string => (typeof message === 'string' ? message : JSON.stringify(message));
