import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { createValidator, isPushError, type JsonSchema, type Validator } from 'push-core';
import { AsGiven } from './as-given.js';

/** For what class-validator has no words for: the engine's own schema of the field. */
export const Fits = (schema: JsonSchema, what: string): PropertyDecorator => {
  let check: Validator<unknown> | undefined;
  const validate = (value: unknown): boolean => {
    check ??= createValidator(schema, 'value');
    try {
      check(value);
      return true;
    } catch (error) {
      if (isPushError(error)) return false;
      throw error;
    }
  };
  return applyDecorators(
    AsGiven(),
    ValidateBy({ name: 'fits', validator: { validate, defaultMessage: () => `$property must be ${what}` } }),
  );
};

/** The schema of a field inside an object's schema. */
export function fieldOf(schema: JsonSchema, ...path: readonly string[]): JsonSchema {
  return path.reduce((at, name) => (at.properties as Record<string, JsonSchema>)[name] as JsonSchema, schema);
}
