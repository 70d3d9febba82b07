import { applyDecorators } from '@nestjs/common';
import { IsInt, Max, Min } from 'class-validator';
import { AsGiven } from './as-given.js';

export const IsWhole = ({ min, max }: { min: number; max?: number }): PropertyDecorator =>
  applyDecorators(AsGiven(), IsInt(), Min(min), ...(max === undefined ? [] : [Max(max)]));
