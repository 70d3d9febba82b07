import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { isPushError, preferences } from 'push-core';
import { AsGiven } from './as-given.js';

/** One this server knows, as the engine sees it. */
export const IsTimeZoneName = (): PropertyDecorator =>
  applyDecorators(
    AsGiven(),
    ValidateBy({
      name: 'isTimeZoneName',
      validator: {
        validate: isKnown,
        defaultMessage: () => '$property must be an IANA name, for example Asia/Shanghai',
      },
    }),
  );

function isKnown(timeZone: unknown): boolean {
  try {
    preferences({ quietHours: { from: '00:00', to: '00:00', timeZone } });
    return true;
  } catch (error) {
    if (isPushError(error)) return false;
    throw error;
  }
}
