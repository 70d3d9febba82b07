import { BadRequestException, ValidationPipe, type ValidationError } from '@nestjs/common';

/** Every complaint names its field; what a call does not know is refused. */
export const createValidation = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors) => new BadRequestException(complaints(errors).join('; ')),
  });

const complaints = (errors: readonly ValidationError[]): string[] =>
  errors.flatMap((error) => [...Object.values(error.constraints ?? {}), ...complaints(error.children ?? [])]);
