import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsObject, ValidateNested } from 'class-validator';
import { IsList } from './lists.js';

type ClassOf = () => new () => object;

/** An object of a class of its own. `IsObject`: a list would do for `ValidateNested`. */
export const IsPart = (type: ClassOf): PropertyDecorator => applyDecorators(Type(type), IsObject(), ValidateNested());

export const AreParts = (type: ClassOf, size: { max: number }): PropertyDecorator =>
  applyDecorators(Type(type), IsList(size), IsObject({ each: true }), ValidateNested({ each: true }));
