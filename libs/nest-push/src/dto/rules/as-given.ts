import { applyDecorators } from '@nestjs/common';
import { Exclude, Transform, Type, type TypeHelpOptions } from 'class-transformer';

/** Of what is made into this class, nothing is looked at. */
@Exclude()
class Unseen {}

/**
 * The value stays what came in. class-transformer would copy it, drop names like `constructor` in it, and make numbers of
 * texts where `enableImplicitConversion` is on: then the DTO would let in what the engine refuses.
 */
export const AsGiven = (): PropertyDecorator =>
  applyDecorators(
    // On the way out (`instanceToPlain`) the new object is a plain one, and the value is copied as any other.
    Type((options?: TypeHelpOptions) =>
      (options?.newObject as object | undefined)?.constructor === Object ? (undefined as never) : Unseen,
    ),
    Transform(({ obj, key }) => (obj as Record<string, unknown>)[key]),
  );
