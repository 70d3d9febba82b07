import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsWhole } from './numbers.js';

/** A query holds text: plain digits are a number, as the HTTP API reads them. */
export const IsWholeInQuery = (range: { min: number; max?: number }): PropertyDecorator =>
  applyDecorators(
    // class-transformer calls the last of them first: this one gets what `IsWhole` leaves as given.
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    IsWhole(range),
  );
