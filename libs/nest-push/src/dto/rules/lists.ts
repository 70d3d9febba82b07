import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';

export const IsList = ({ min = 0, max }: { min?: number; max: number }): PropertyDecorator =>
  applyDecorators(IsArray(), ArrayMaxSize(max), ...(min > 0 ? [ArrayMinSize(min)] : []));
