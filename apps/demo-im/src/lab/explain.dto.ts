import { IsOptional, IsString, Length } from 'class-validator';

export class ExplainDto {
  @IsOptional()
  @IsString()
  @Length(1, 32)
  user?: string;
}
