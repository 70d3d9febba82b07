import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { LogLevel } from './config.js';

export type { Logger };

/** JSON lines; readable ones on a terminal. Written at once, so that the last line before an end is not lost. */
export function createLog(level: LogLevel, terminal: boolean): Logger {
  const options = { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime };
  if (!terminal) return pino(options, pino.destination({ dest: 1, sync: true }));
  return pino(options, pretty({ sync: true, colorize: true, translateTime: 'SYS:HH:MM:ss', ignore: 'hostname,pid' }));
}

/** Nest's own messages, into the same log; its start-up chatter only at level `debug`. */
export function nestLog(log: Logger): LoggerService {
  const write = (level: 'trace' | 'debug' | 'warn' | 'error' | 'fatal') => {
    return (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1);
      if (message instanceof Error) log[level]({ context, err: message }, message.message);
      else log[level]({ context, stack: rest.length > 1 ? rest[0] : undefined }, text(message));
    };
  };
  return {
    log: write('debug'),
    debug: write('debug'),
    verbose: write('trace'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}

const text = (message: unknown): string => (typeof message === 'string' ? message : JSON.stringify(message));
