import type { LoggerService } from '@nestjs/common';
import { ecsFormat } from '@elastic/ecs-pino-format';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import pretty from 'pino-pretty';
import { systemClock, type Clock } from 'push-core';
import type { LogLevel } from './config.js';
import { cleanError } from './log-errors.js';
import { hideIn } from './log-secrets.js';
import { Repeats } from './repeats.js';

export type { Logger };

export interface LogSettings {
  readonly level: LogLevel;
  /** `ecs`: names of fields as the Elastic Common Schema has them. Default `plain`. */
  readonly format?: 'plain' | 'ecs';
  /** What is to be hidden wherever it stands, beside what looks like a secret. */
  readonly secrets?: readonly string[];
}

/** JSON lines; readable ones on a terminal. Written at once, so that the last line before an end is not lost. */
export function createLog(settings: LogSettings, terminal: boolean): Logger {
  if (!terminal || settings.format === 'ecs') return logTo(settings, pino.destination({ dest: 1, sync: true }));
  return logTo(settings, pretty({ sync: true, colorize: true, translateTime: 'SYS:HH:MM:ss', ignore: 'hostname,pid' }));
}

/** Whatever is logged, by whomever, goes through here: no secret gets past. */
export function logTo({ level, format = 'plain', secrets = [] }: LogSettings, destination: DestinationStream): Logger {
  const clean = (fields: Record<string, unknown>): Record<string, unknown> => {
    const { err, ...others } = fields;
    const hidden = hideIn(others, secrets) as Record<string, unknown>;
    return err === undefined ? hidden : { ...hidden, err: cleanError(err, secrets) };
  };
  const plain: LoggerOptions = { base: undefined, timestamp: pino.stdTimeFunctions.isoTime };
  const form = format === 'ecs' ? ecsFormat({ apmIntegration: false, serviceName: 'nest-push' }) : plain;
  const shape = form.formatters?.log ?? ((fields: object) => fields as Record<string, unknown>);
  return pino(
    {
      ...form,
      level,
      formatters: { ...form.formatters, log: (fields) => shape(clean(fields)) },
      hooks: {
        logMethod(given, method) {
          const [first, ...rest] = given as unknown[];
          const told = first instanceof Error ? [{ err: first }, rest[0] ?? first.message, ...rest.slice(1)] : given;
          method.apply(
            this,
            told.map((one, at) => (at === 0 && typeof one === 'object' ? one : hideIn(one, secrets))) as never,
          );
        },
      },
    },
    destination,
  );
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
