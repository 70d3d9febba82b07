import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

export class SendDto {
  @IsString()
  @Length(1, 4000)
  @Matches(/\S/, { message: 'text must not be blank' })
  text!: string;

  /** Made by the client, before it sends; sent again with the same one, the message counts once. */
  @IsString()
  @Length(1, 64)
  clientId!: string;
}

export class HistoryDto {
  /** The id of a message: only older ones. */
  @IsOptional()
  @IsString()
  @Length(1, 64)
  before?: string;

  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;
}
