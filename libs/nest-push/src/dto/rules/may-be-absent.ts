import { ValidateIf } from 'class-validator';

/** Absent, not null: `IsOptional` would let null in, which the engine refuses. */
export const MayBeAbsent = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
