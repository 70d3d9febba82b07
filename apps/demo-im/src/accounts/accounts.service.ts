import { ConflictException, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { DataSource, In, Repository } from 'typeorm';
import type { LoginDto, RegisterDto } from './account.dto.js';
import { Passwords } from './passwords.js';
import { Person } from './person.entity.js';

export interface LoggedIn {
  readonly token: string;
  readonly me: Person;
}

const TENANT = 'default';
const GOOD_FOR = '30d';

@Injectable()
export class AccountsService {
  constructor(
    @InjectRepository(Person) private readonly people: Repository<Person>,
    @InjectDataSource() private readonly database: DataSource,
    private readonly jwt: JwtService,
    private readonly passwords: Passwords,
  ) {}

  async login({ name, password }: LoginDto): Promise<LoggedIn> {
    const account = await this.people
      .createQueryBuilder('person')
      .addSelect('person.passwordHash')
      .where({ id: name })
      .getOne();
    const isGood = await this.passwords.isOf(account?.passwordHash, password);
    if (!account || !isGood) throw new UnauthorizedException('Name or password is wrong');
    return this.loggedIn(account);
  }

  async register({ name, displayName, password }: RegisterDto): Promise<LoggedIn> {
    // Outside of the transaction: everybody's writes would wait for it.
    const passwordHash = await this.passwords.hash(password);
    const person = { id: name, displayName, hue: hueOf(name), passwordHash };
    await this.database.transaction(async (manager) => {
      if (await manager.existsBy(Person, { id: name })) throw new ConflictException(`The name ${name} is taken`);
      await manager.insert(Person, person);
    });
    return this.loggedIn(person);
  }

  /** Undefined: no login of ours, or one that has expired, or of nobody. */
  async whoHas(token: string): Promise<Person | undefined> {
    const claims = await this.jwt.verifyAsync<{ sub: string }>(token).catch(() => undefined);
    return (claims && (await this.people.findOneBy({ id: claims.sub }))) ?? undefined;
  }

  everybody(): Promise<Person[]> {
    return this.people.find({ order: { displayName: 'ASC' } });
  }

  /** Those of the ids that are people. */
  known(ids: readonly string[]): Promise<Person[]> {
    return this.people.findBy({ id: In([...ids]) });
  }

  private async loggedIn(me: Person): Promise<LoggedIn> {
    const token = await this.jwt.signAsync({ ten: TENANT }, { subject: me.id, expiresIn: GOOD_FOR });
    return { token, me };
  }
}

/** The same name has the same colour everywhere. */
export const hueOf = (name: string): number =>
  [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 360, 7);
