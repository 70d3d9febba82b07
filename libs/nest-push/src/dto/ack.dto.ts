import { IsWhole } from './rules/numbers.js';
import { IsStreamName } from './rules/texts.js';

/** Body of `POST /v1/ack`: everything of the stream up to `seq` has arrived. */
export class AckDto {
  /** `@me`, `@all` or a topic. */
  @IsStreamName()
  s!: string;

  @IsWhole({ min: 0 })
  seq!: number;
}
