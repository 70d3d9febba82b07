import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsOptional, IsString, Length } from 'class-validator';

export class OpenRoomDto {
  /** Without one, and with one other member, it is a direct room. */
  @IsOptional()
  @IsString()
  @Length(1, 60)
  title?: string;

  /** Whoever opens it is a member, named here or not. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, 32, { each: true })
  members!: string[];
}
