import { Transform } from 'class-transformer';
import { IsString, Length, Matches, MaxLength } from 'class-validator';

const trimmed = Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));
const lowerCase = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().toLowerCase() : value,
);

export class LoginDto {
  @lowerCase
  @IsString()
  @MaxLength(32)
  name!: string;

  @IsString()
  @MaxLength(128)
  password!: string;
}

export class RegisterDto {
  @lowerCase
  @Matches(/^[a-z][a-z0-9_-]{1,23}$/, {
    message: 'name must be 2 to 24 letters a–z, digits, - or _, beginning with a letter',
  })
  name!: string;

  @trimmed
  @IsString()
  @Length(1, 40)
  displayName!: string;

  @IsString()
  @Length(3, 128)
  password!: string;
}
