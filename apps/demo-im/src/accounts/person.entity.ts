import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('person')
export class Person {
  /** Also the name to log in with. */
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'display_name' })
  displayName!: string;

  /** Of the picture: degrees, 0–359. */
  @Column('integer')
  hue!: number;

  @Column('text', { name: 'password_hash', select: false })
  passwordHash!: string;
}

/** As others may see one. */
export interface PersonView {
  readonly id: string;
  readonly displayName: string;
  readonly hue: number;
}

export const personView = ({ id, displayName, hue }: Person): PersonView => ({ id, displayName, hue });
