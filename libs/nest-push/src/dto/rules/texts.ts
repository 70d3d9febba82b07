import { applyDecorators } from '@nestjs/common';
import { Matches } from 'class-validator';
import { LIMITS } from 'push-core';
import { AsGiven } from './as-given.js';

// The u flag: characters are counted as the engine counts them, an emoji as one. (`MaxLength` leaves some out.)
const ID = /^[^\s\p{Cc}\p{Cs}]{1,128}$/u;
const TOPIC = /^[^\s\p{Cc}\p{Cs}@][^\s\p{Cc}\p{Cs}]{0,127}$/u;
const STREAM = /^(?:@me|@all|[^\s\p{Cc}\p{Cs}@][^\s\p{Cc}\p{Cs}]{0,127})$/u;

const shape = (pattern: RegExp, what: string, each = false): PropertyDecorator =>
  applyDecorators(
    AsGiven(),
    Matches(pattern, { each, message: `$property must be ${each ? 'a list of ' : ''}${what}` }),
  );

const AN_ID = `1–${LIMITS.idLength} characters, no white space, no control characters`;

/** A user, a device, a thread, the type of a message. */
export const IsId = (): PropertyDecorator => shape(ID, AN_ID);
export const AreIds = (): PropertyDecorator => shape(ID, `ids: ${AN_ID}`, true);
export const AreTopics = (): PropertyDecorator => shape(TOPIC, `topics: ${AN_ID}, not starting with @`, true);
export const IsStreamName = (): PropertyDecorator => shape(STREAM, '@me, @all or a topic');

export const IsText = ({ min = 0, max }: { min?: number; max: number }): PropertyDecorator =>
  shape(new RegExp(`^.{${min},${max}}$`, 'su'), `a text of ${min > 0 ? `${min}–${max}` : `at most ${max}`} characters`);

export const IsShaped = (pattern: RegExp, what: string): PropertyDecorator => shape(pattern, what);
